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
