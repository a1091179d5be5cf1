import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isList, isObject } from '../simulator/json-object.js';

/** A query in deploy/, and where to find it there. */
export interface WrittenQuery {
  readonly where: string;
  readonly promql: string;
}

const DASHBOARDS = 'deploy/grafana/dashboards';

/** Every query of every dashboard: panels in whatever row, annotations, variables. */
export function dashboardQueries(): WrittenQuery[] {
  return readdirSync(DASHBOARDS).flatMap((name) => {
    const dashboard: unknown = JSON.parse(readFileSync(`${DASHBOARDS}/${name}`, 'utf8'));
    return [...queriesIn(dashboard, name), ...variablesOf(dashboard, name)].map(({ where, promql }) => ({
      where,
      promql: withoutGrafana(promql),
    }));
  });
}

/** Every expression of every rule, be it an alert or a recording. */
export function ruleQueries(): WrittenQuery[] {
  const rules: unknown = parse(readFileSync('deploy/prometheus/alerts.yml', 'utf8'));
  return queriesIn(rules, 'alerts.yml');
}

/** Both files call a query `expr`; its place is all the names on the way to it. */
function queriesIn(value: unknown, where: string): WrittenQuery[] {
  if (isList(value)) return value.flatMap((item) => queriesIn(item, where));
  if (!isObject(value)) return [];
  const names = ['title', 'name', 'alert', 'record', 'refId'].map((key) => value[key]);
  const here = [where, ...names.filter((name) => typeof name === 'string')].join(' › ');
  const { expr } = value;
  const own = typeof expr === 'string' ? [{ where: here, promql: expr }] : [];
  return [...own, ...Object.values(value).flatMap((inner) => queriesIn(inner, here))];
}

function variablesOf(dashboard: unknown, where: string): WrittenQuery[] {
  const templating = isObject(dashboard) ? dashboard['templating'] : undefined;
  const variables = isObject(templating) ? templating['list'] : undefined;
  if (!isList(variables)) throw new Error(`${where} has no list of variables`);
  return variables.filter(isObject).flatMap(({ type, name, query }) => {
    if (type !== 'query') return [];
    const text = isObject(query) ? query['query'] : query;
    return [{ where: `${where} › variable ${String(name)}`, promql: String(text) }];
  });
}

/** Grafana's variables replaced by valid PromQL: the names and labels in them stay. */
function withoutGrafana(query: string): string {
  return query
    .replace(/^label_values\((.+),\s*(\w+)\)$/, 'group by ($2) ($1)')
    .replace(/\$__(rate_interval|interval|range)\b/g, '5m');
}
