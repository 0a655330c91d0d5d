// What tap's TypeScript loader makes JavaScript with: esbuild, which the build uses too, takes a tenth of the time of
// the TypeScript compiler, and each test file loads all of src. `npm run check` looks at the types.
const { transformSync } = require('esbuild');

exports.create = () => ({
  transpile(code, { fileName }) {
    const { code: outputText, map: sourceMapText } = transformSync(code, {
      loader: 'ts',
      target: 'node20',
      sourcemap: true,
      sourcefile: fileName,
    });
    return { outputText, sourceMapText };
  },
});
