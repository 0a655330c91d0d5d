/** Calls `use` while WebAssembly has no memory to give. */
export function withoutMemory(use: () => void): void {
  const wasm = Reflect.get(globalThis, 'WebAssembly') as { Memory: unknown };
  const { Memory } = wasm;
  let refused = 0;
  wasm.Memory = function refuse() {
    refused += 1;
    throw new RangeError('no memory');
  };
  try {
    use();
  } finally {
    wasm.Memory = Memory;
  }
  if (refused === 0) throw new Error('nobody asked for memory');
}

/** Calls `use` while a memory of WebAssembly grows to so many pages of 64 KiB and no further. */
export function withMemory<Result>(pages: number, use: () => Result): Result {
  const wasm = Reflect.get(globalThis, 'WebAssembly') as { Memory: new (pages: object) => object };
  const { Memory } = wasm;
  let given = 0;
  wasm.Memory = function limited({ initial }: { readonly initial: number }) {
    given += 1;
    return new Memory({ initial, maximum: pages });
  } as never;
  let result: Result;
  try {
    result = use();
  } finally {
    wasm.Memory = Memory;
  }
  if (given === 0) throw new Error('nobody asked for memory');
  return result;
}
