const COLUMNS = ['case', 'against', 'goal', 'measured', 'CPU a request', 'requests/s', 'p99 ms'];

/** The result as Markdown; of two numbers, ours is the first. */
export function table(title, rows) {
  const lines = rows.map((row) => [
    row.case,
    row.against,
    row.goal,
    `${markOf(row)}${row.measured}`,
    row.cpu ?? '',
    row.perSecond ?? '',
    row.p99 ?? '',
  ]);
  const all = [COLUMNS, COLUMNS.map(() => '---'), ...lines];
  return [`Bench of ${title}`, '', ...all.map((cells) => `| ${cells.join(' | ')} |`), ''].join('\n');
}

/** A row without a goal is only for comparison. */
function markOf({ isMet }) {
  if (isMet === undefined) return '';
  return isMet ? '✓ ' : '✗ ';
}
