import type * as Zod from 'zod';
import { PARTS, PREDICATES } from './definition.js';

/** The schema of one pair definition as it stands in YAML. Zod is handed in, so that a run without YAML never loads it. */
export function definitionSchema(z: typeof Zod) {
  const insertion = z.string().regex(/^%[1-9]\d?$/, { error: 'expected %1 to %99, in quotes' });
  const literal = z.string().min(1, { error: 'expected some text' });
  const scalar = z.union([z.string(), z.number()], { error: 'expected a text or a number' }).transform(String);
  const eventId = z
    .number({ error: 'expected an event ID, a whole number from 0 to 65535' })
    .int({ error: 'expected a whole number' })
    .min(0, { error: 'expected 0 or more' })
    .max(0xffff, { error: 'expected the low 16 bits of the event identifier, at most 65535' });
  const placeObject = z
    .strictObject({
      value: insertion.optional(),
      data: literal.optional(),
      after: literal.optional(),
      before: literal.optional(),
      between: z.tuple([literal, literal], { error: 'expected two texts' }).optional(),
      part: z.enum(PARTS, { error: `expected one of ${PARTS.join(', ')}` }).optional(),
    })
    .refine(place => place.value !== undefined || place.data !== undefined, {
      error: 'a place needs value: "%n", or data: with a Data name, or both',
    });
  const place = z.union([z.literal('Computer'), insertion, placeObject], {
    error: 'expected Computer, "%n", or a mapping with value or data',
  });
  const places = orList(place, 'expected Computer, "%n", a mapping with value or data, or a list of these');

  /** One thing or a list of them, always read as a list. */
  function orList<T extends Zod.ZodType>(one: T, error: string) {
    return z.union([one.transform(item => [item]), z.array(one).min(1, { error: 'the list is empty' })], { error });
  }

  const shape = z
    .strictObject({
      count: z
        .union(
          [
            z
              .int()
              .min(0)
              .transform(n => [n, n] as [number, number]),
            z.tuple([z.int().min(0), z.int().min(0)]),
          ],
          {
            error: 'expected a number of insertion strings, or [least, greatest]',
          },
        )
        .optional(),
      values: z.record(insertion, z.enum(PREDICATES, { error: `expected one of ${PREDICATES.join(', ')}` })).optional(),
    })
    .refine(({ count, values }) => count !== undefined || values !== undefined, { error: 'expected count or values' });
  const condition = z
    .strictObject({
      value: insertion.optional(),
      data: literal.optional(),
      is: orList(scalar, 'expected a value or a list of values').optional(),
      is_not: orList(scalar, 'expected a value or a list of values').optional(),
    })
    .refine(({ value, data }) => value !== undefined || data !== undefined, {
      error: 'a condition needs value or data',
    })
    .refine(({ is, is_not }) => is !== undefined || is_not !== undefined, { error: 'a condition needs is or is_not' });
  const message = z.strictObject({ culture: literal.optional(), text: literal });
  const rule = z
    .strictObject({
      recognize_by: orList(
        z.enum(['event_id', 'message', 'shape'], { error: 'expected event_id, message or shape' }),
        'expected event_id, message, shape, or a list of these',
      ).optional(),
      event_id: orList(eventId, 'expected an event ID or a list of them').optional(),
      messages: orList(message, 'expected a mapping with text, or a list of these').optional(),
      shape: shape.optional(),
      source: places,
      destination: places,
      placeholders: z.array(insertion).optional(),
      attributes: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/, { error: 'expected snake_case' }), places).optional(),
      when: orList(condition, 'expected a condition or a list of them').optional(),
      local: orList(scalar, 'expected a value or a list of values').optional(),
      self: z.enum(['local', 'pair'], { error: 'expected local or pair' }).optional(),
      agree: z.array(z.array(insertion).min(2, { error: 'expected two "%n" or more' })).optional(),
    })
    .superRefine((given, context) => {
      const missing = { event_id: given.event_id, message: given.messages, shape: given.shape };
      if (!given.event_id && !given.messages && !given.shape) {
        context.addIssue({
          code: 'custom',
          message: 'a rule recognises events by event_id, messages or shape; give one',
        });
      }
      for (const recognizer of given.recognize_by ?? []) {
        if (missing[recognizer] !== undefined || (recognizer === 'event_id' && (given.recognize_by?.length ?? 0) > 1))
          continue;
        const key = recognizer === 'message' ? 'messages' : recognizer;
        context.addIssue({
          code: 'custom',
          path: ['recognize_by'],
          message: `names ${recognizer}, but the rule has no ${key}`,
        });
      }
    });
  const rules = orList(rule, 'expected a rule (a mapping), or a list of rules');
  const names = orList(literal, 'expected a provider name or a list of them');

  return z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, { error: 'expected lower-case words joined by hyphens' }),
      version: z.int({ error: 'expected a whole number' }).min(1, { error: 'expected 1 or more' }),
      title: literal,
      provider: names,
      provider_aliases: names.optional(),
      failure: rules.optional(),
      recovery: rules.optional(),
      context: rules.optional(),
    })
    .refine(given => given.failure !== undefined, { error: 'a definition needs at least one failure rule' });
}

/** A definition as the schema gives it. */
export type GivenDefinition = Zod.output<ReturnType<typeof definitionSchema>>;
export type GivenRule = NonNullable<GivenDefinition['failure']>[number];
export type GivenPlace = GivenRule['source'][number];
