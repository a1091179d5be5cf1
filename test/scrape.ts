import { type Service } from './service.js';

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

/** The value of one sample, by its name and labels as they are written there. */
export async function metricOf(service: Pick<Service, 'get'>, name: string): Promise<number> {
  const text = await (await service.get('/metrics')).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}
