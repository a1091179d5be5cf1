/** The labels of each sample, by the sample's name: a histogram is `…_bucket`, `…_sum` and `…_count`. */
export type Scrape = ReadonlyMap<string, readonly ReadonlyMap<string, string>[]>;

/** Reads the Prometheus text format as Prometheus does. */
export function readScrape(text: string): Scrape {
  const samples = new Map<string, ReadonlyMap<string, string>[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`no sample of the Prometheus text format: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    const sample = new Map(pairs.map(([, label = '', value = '']) => [label, value]));
    samples.set(name, [...(samples.get(name) ?? []), sample]);
  }
  return samples;
}
