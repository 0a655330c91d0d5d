type Units = Uint8Array | Uint16Array;

/** What the framer finds; all numbers are offsets in units from the input's start. */
export interface ObjectSink {
  object(from: number, to: number): void;
  /** An object that another one starts inside of, or that the input ends in. */
  broken(reason: 'cut-off' | 'truncated', from: number, to: number): void;
  region(from: number, to: number): void;
}

const OBJ = [0x4f, 0x62, 0x6a];

/**
 * Cuts CLIXML into the objects right under `<Objs>`. Only `<Obj` tags are counted: the serializer escapes `<` in every
 * value and writes no CDATA and no comments. PowerShell indents by depth, so an `<Obj` that starts its line no deeper
 * than the first one ends an object that lost its end.
 */
export class ObjectFramer {
  #scanned = 0;
  #depth = 0;
  #start = -1;
  #firstIndent = -1;
  #lineIndent = 0;
  #tagStart = -1;
  #isClosing = false;
  #isObj = false;
  #hasSlash = false;
  #quote = 0;
  #matched = 0;
  #regionStart = -1;
  #regionEnd = -1;

  /** The offset of the first unit that must stay. */
  get firstNeeded(): number {
    if (this.#start >= 0) return this.#start;
    if (this.#regionStart >= 0) return this.#regionStart;
    return this.#tagStart >= 0 ? this.#tagStart : this.#scanned;
  }

  frame(units: Units, start: number, end: number, base: number, sink: ObjectSink): void {
    let at = Math.max(this.#scanned - base, start);
    for (; at < end; at++) {
      const unit = units[at]!;
      if (this.#tagStart >= 0) {
        this.#takeTagUnit(unit, at + base, sink);
      } else if (unit === 0x3c) {
        this.#tagStart = at + base;
        this.#matched = 0;
        this.#isClosing = false;
        this.#isObj = false;
        this.#hasSlash = false;
        this.#quote = 0;
      } else if (unit === 0x0a) {
        this.#lineIndent = 0;
      } else if (unit <= 0x20) {
        if (this.#lineIndent >= 0) this.#lineIndent += 1;
      } else {
        this.#lineIndent = -1;
        if (this.#depth === 0 && !isMark(unit)) this.#extendRegion(at + base, at + base + 1);
      }
    }
    this.#scanned = at + base;
  }

  finish(sink: ObjectSink): void {
    if (this.#depth > 0) sink.broken('truncated', this.#start, this.#scanned);
    else if (this.#tagStart >= 0) this.#extendRegion(this.#tagStart, this.#scanned);
    this.#flushRegion(sink);
  }

  #takeTagUnit(unit: number, offset: number, sink: ObjectSink): void {
    const inName = offset - this.#tagStart - (this.#isClosing ? 2 : 1);
    if (inName === 0 && unit === 0x2f && !this.#isClosing) {
      this.#isClosing = true;
      return;
    }
    if (inName < OBJ.length) {
      if (unit === OBJ[inName]) this.#matched += 1;
    } else if (inName === OBJ.length) {
      this.#isObj = this.#matched === OBJ.length && (unit <= 0x20 || unit === 0x3e || unit === 0x2f);
    }
    if (unit === 0x3c) {
      // No tag holds `<`: the one before was no tag.
      if (this.#depth === 0) this.#extendRegion(this.#tagStart, offset);
      this.#tagStart = offset;
      this.#matched = 0;
      this.#isClosing = false;
      this.#isObj = false;
      this.#hasSlash = false;
      this.#quote = 0;
      return;
    }
    if (this.#quote !== 0) {
      if (unit === this.#quote) this.#quote = 0;
      return;
    }
    if (unit === 0x22 || unit === 0x27) this.#quote = unit;
    if (unit !== 0x3e) {
      this.#hasSlash = unit === 0x2f;
      return;
    }
    if (this.#isObj) this.#takeObjTag(offset + 1, sink);
    this.#tagStart = -1;
    this.#lineIndent = -1;
  }

  #takeObjTag(end: number, sink: ObjectSink): void {
    if (this.#isClosing) {
      if (this.#depth === 0) {
        this.#extendRegion(this.#tagStart, end);
        return;
      }
      this.#depth -= 1;
      if (this.#depth === 0) {
        sink.object(this.#start, end);
        this.#start = -1;
      }
      return;
    }
    const indent = this.#lineIndent;
    if (this.#depth > 0 && indent >= 0 && this.#firstIndent > 0 && indent <= this.#firstIndent) {
      sink.broken('cut-off', this.#start, this.#tagStart);
      this.#depth = 0;
    }
    if (this.#depth === 0) {
      this.#flushRegion(sink);
      this.#start = this.#tagStart;
      if (this.#firstIndent < 0) this.#firstIndent = indent;
    }
    if (!this.#hasSlash) {
      this.#depth += 1;
    } else if (this.#depth === 0) {
      sink.object(this.#start, end);
      this.#start = -1;
    }
  }

  #extendRegion(from: number, to: number): void {
    if (this.#regionStart < 0) this.#regionStart = from;
    this.#regionEnd = to;
  }

  #flushRegion(sink: ObjectSink): void {
    if (this.#regionStart >= 0) sink.region(this.#regionStart, this.#regionEnd);
    this.#regionStart = -1;
  }
}

/** Byte order marks, and the `#< CLIXML` that PowerShell puts before a stream. */
function isMark(unit: number): boolean {
  return unit === 0xfeff || unit === 0xef || unit === 0xbb || unit === 0xbf || unit === 0x23;
}
