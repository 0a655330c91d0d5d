/** A type whose fields may be set, for who makes one field by field: spreads cost a microsecond an event. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
