import type { RejectReason } from '../../model/index.js';
import type { FrameSink } from './frame.js';
import { Region } from './region.js';
import { swapBack, type UnitWindow } from './unit-window.js';

/** What is rejected: of the regions one is open at a time, until sound text comes. Offsets are absolute. */
export class RejectRegions {
  readonly #view: UnitWindow;
  readonly #sink: FrameSink;
  readonly #keepLimit: number;
  #open: Region | undefined;

  /** `keepLimit`: how many bytes of each to keep, from the first. */
  constructor(view: UnitWindow, sink: FrameSink, keepLimit: number) {
    this.#view = view;
    this.#sink = sink;
    this.#keepLimit = keepLimit;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The text between events: opens a region or makes it longer. */
  addJunk(from: number, to: number, detail: string): void {
    this.#open ??= new Region('no-event', false, detail, from, this.#keepLimit);
    this.#open.to = to;
  }

  /** Opens the region of an event that starts at `from`. */
  openEvent(reason: RejectReason, detail: string, from: number): void {
    this.#open = new Region(reason, true, detail, from, this.#keepLimit);
  }

  /** The open region goes on as far as this. */
  extendTo(to: number): void {
    this.#open!.to = to;
  }

  /** Lets the window's bytes go in front of an index; the open region keeps its own. */
  release(index: number): void {
    const { window } = this.#view;
    this.#open?.keep(window.bytes, window.origin, window.offsetOf(index));
    window.release(index);
  }

  /** The open region has ended. */
  close(): void {
    const region = this.#open;
    if (region === undefined) return;
    this.#open = undefined;
    this.#tell(region);
  }

  /** An event from `from` up to an index of the window's bytes. */
  rejectEvent(reason: RejectReason, detail: string, from: number, endIndex: number): void {
    const { window } = this.#view;
    const region = new Region(reason, true, detail, from, this.#keepLimit);
    region.to = window.offsetOf(endIndex);
    region.keep(window.bytes, window.origin, region.to);
    this.#tell(region);
  }

  #tell(region: Region): void {
    const bytes = region.bytes();
    if (this.#view.encoding === 'utf-16be') swapBack(bytes);
    this.#sink.reject(region.reason, region.isEvent, region.detail, region.from, region.to - region.from, bytes);
  }
}
