/**
 * Which events anyone wants. A reader may drop every other event unread; it must never drop one of these. An undefined
 * `Selection` wants everything.
 */
export interface Selection {
  readonly providers: readonly SelectedProvider[];
}

export interface SelectedProvider {
  /** Exact names of the provider, its aliases included. */
  readonly names: readonly string[];
  /** The wanted event IDs; absent when any may match (recognition by message or shape). */
  readonly eventIds?: readonly number[];
}

/** The one meaning of a selection. Prefilters may accept more than this, never less. */
export function isSelected(selection: Selection | undefined, provider: string, eventId: number): boolean {
  if (selection === undefined) return true;
  for (const wanted of selection.providers) {
    if (!wanted.names.includes(provider)) continue;
    if (wanted.eventIds === undefined || wanted.eventIds.includes(eventId)) return true;
  }
  return false;
}
