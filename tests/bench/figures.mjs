// How the benches print what they measured: medians with the least and the most, in columns.

export const sorted = (numbers) => [...numbers].sort((a, b) => a - b);

export const median = (numbers) => {
  const all = sorted(numbers);
  return (all[(all.length - 1) >> 1] + all[all.length >> 1]) / 2;
};

/** "1.02 (0.98..1.10)": the median, the least and the most. */
export const spread = (numbers, digits) => {
  const all = sorted(numbers);
  return `${median(all).toFixed(digits)} (${all[0].toFixed(digits)}..${all.at(-1).toFixed(digits)})`;
};

export const thousands = (number) => Math.round(number).toLocaleString("en");

/** Prints rows of cells: the first `left` columns lean left, the others right. */
export const table = (widths, left) => (...cells) =>
  console.log(cells.map((cell, i) => (i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("").trimEnd());
