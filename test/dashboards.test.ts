import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { isList, isObject } from '../simulator/json-object.js';

const DASHBOARDS = 'deploy/grafana/dashboards';

interface Panel {
  readonly title: string;
  readonly description: unknown;
  /** Where each colour begins; null is the lowest. */
  readonly thresholds: readonly unknown[];
}

describe.each(readdirSync(DASHBOARDS))('%s', (name) => {
  const dashboard: unknown = JSON.parse(readFileSync(`${DASHBOARDS}/${name}`, 'utf8'));

  test.each(panelsOf(dashboard))(
    '"$title" says what it shows, and each colour begins above the one before',
    (panel) => {
      expect(panel.description).toEqual(expect.stringMatching(/\w.*\.$/));
      const values = panel.thresholds.map((value) => value ?? -Infinity);
      expect(values).toEqual([...new Set(values)].sort((a, b) => Number(a) - Number(b)));
    },
  );

  test('gives each panel and row its own id: Grafana shows only one of two with the same id', () => {
    const ids = idsOf(dashboard);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('marks the alerts that fire', () => {
    expect(JSON.stringify(isObject(dashboard) && dashboard['annotations'])).toContain('ALERTS{');
  });
});

function panelsOf(dashboard: unknown): Panel[] {
  return everyPanel(dashboard)
    .filter(({ type }) => type !== 'row')
    .map((panel) => ({
      title: String(panel['title']),
      description: panel['description'],
      thresholds: stepsOf(panel).map((step) => (isObject(step) ? step['value'] : undefined)),
    }));
}

function idsOf(dashboard: unknown): unknown[] {
  return everyPanel(dashboard).map(({ id }) => id);
}

function everyPanel(dashboard: unknown) {
  const panels = isObject(dashboard) ? dashboard['panels'] : undefined;
  if (!isList(panels)) throw new Error('no list of panels');
  return panels.filter(isObject);
}

function stepsOf(panel: unknown): readonly unknown[] {
  const steps = ['fieldConfig', 'defaults', 'thresholds', 'steps'].reduce<unknown>(
    (value, key) => (isObject(value) ? value[key] : undefined),
    panel,
  );
  return isList(steps) ? steps : [];
}
