/**
 * Compiles a module at the first call; undefined where the machine's WebAssembly lacks what it needs, such as SIMD. Asking
 * `validate` first would check every function twice, which takes longer than all the rest.
 */
export function compileOnce(base64: string): () => WasmModule | undefined {
  let compiled: WasmModule | undefined;
  let isCompiled = false;
  return () => {
    if (!isCompiled) {
      isCompiled = true;
      compiled = compile(Buffer.from(base64, 'base64'));
    }
    return compiled;
  };
}

function compile(binary: Uint8Array): WasmModule | undefined {
  if (WebAssembly === undefined) return undefined;
  try {
    return new WebAssembly.Module(binary);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}

/**
 * A compiled module with a memory of its own, of so many pages of 64 KiB, which grows only where the module says so; undefined
 * where there is none, or not as much memory to be had. What it exports is declared by its source.
 */
export function instantiate<Exports>(module: WasmModule | undefined, pages: number): Instantiated<Exports> | undefined {
  if (module === undefined || pages > MOST_PAGES) return undefined;
  try {
    const memory = new WebAssembly.Memory({ initial: pages });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { exports: exports as Exports, memory };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export interface Instantiated<Exports> {
  readonly exports: Exports;
  /** Its buffer is another one when it has grown. */
  readonly memory: { readonly buffer: ArrayBuffer };
}

export const PAGE_BYTES = 65_536;
/** 4 GiB. */
const MOST_PAGES = 65_536;

/** Whether the machine's WebAssembly has SIMD, asked with a function of one instruction. */
export function hasSimd(): boolean {
  return WebAssembly?.validate(SPLAT) === true;
}

// biome-ignore format: a module
const SPLAT = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, // magic, version
  1, 5, 1, 96, 0, 1, 123, // a type: () -> v128
  3, 2, 1, 0, // a function of it
  10, 8, 1, 6, 0, 65, 0, 253, 15, 11, // i8x16.splat(i32.const 0)
);

/** TypeScript declares WebAssembly with the browser's types only; this is what we use of it. */
interface WebAssemblyHost {
  readonly validate: (binary: Uint8Array) => boolean;
  readonly CompileError: new (message: string) => Error;
  readonly Module: new (binary: Uint8Array) => WasmModule;
  readonly Memory: new (pages: {
    readonly initial: number;
  }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: unknown };
}

export type WasmModule = { readonly [compiledModule]: true };
declare const compiledModule: unique symbol;

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyHost };
