/** A horizontal bar chart of ratios as SVG, on a logarithmic axis; 1 is the peer. */
export function plotRatios(title: string, rows: readonly { readonly name: string; readonly ratio: number }[]): string {
  const height = 40 + rows.length * 22;
  const at = (ratio: number) => 300 + Math.log10(Math.min(1000, Math.max(0.01, ratio))) * 120;
  const bars = rows.map(({ name, ratio }, index) => {
    const y = 32 + index * 22;
    const [from, to] = [Math.min(at(1), at(ratio)), Math.max(at(1), at(ratio))];
    return (
      `<text x="8" y="${y + 12}">${escapeXml(name)}</text>` +
      `<rect x="${from}" y="${y}" width="${Math.max(1, to - from)}" height="15" fill="${ratio <= 1 ? '#2a7' : '#c63'}"/>` +
      `<text x="${to + 4}" y="${y + 12}">${ratio.toFixed(2)}</text>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="760" height="${height}" font-family="sans-serif" font-size="12">` +
    `<text x="8" y="18" font-weight="bold">${escapeXml(title)}</text>${bars.join('')}` +
    `<line x1="${at(1)}" x2="${at(1)}" y1="26" y2="${height - 8}" stroke="#333"/></svg>\n`
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
