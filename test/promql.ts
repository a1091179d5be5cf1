import { parser } from '@prometheus-io/lezer-promql';

export type Operator = '=' | '!=' | '=~' | '!~';

export interface Matcher {
  readonly label: string;
  readonly operator: Operator;
  readonly value: string;
}

/** One place where a query names a metric: `redis_up{job="desk-bff"}`. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** What `by`, `without`, `on` and `ignoring` around it name. */
  readonly groupedBy: readonly string[];
}

type Node = ReturnType<typeof parser.parse>['topNode'];

/** @throws SyntaxError if Prometheus would not parse the query either */
export function selectorsOf(query: string): Selector[] {
  const text = (node: Node | null): string => (node === null ? '' : query.slice(node.from, node.to));
  const found: Selector[] = [];
  const visit = (node: Node, groupedBy: readonly string[]): void => {
    if (node.type.isError) throw new SyntaxError(`no PromQL from "${query.slice(node.from)}" on: ${query}`);
    const grouping = [...groupedBy, ...groupingLabels(node).map((label) => unquoted(text(label)))];
    if (node.name === 'VectorSelector') {
      const matchers = matcherNodes(node).map(({ firstChild, lastChild }) => ({
        label: unquoted(text(firstChild)),
        operator: operatorOf(text(firstChild?.nextSibling ?? null)),
        value: unquoted(text(lastChild)),
      }));
      found.push({ metric: text(node.getChild('Identifier')), matchers, groupedBy: grouping });
    }
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child, grouping);
  };
  visit(parser.parse(query).topNode, []);
  return found;
}

/** Of an aggregation or of a comparison of two vectors; what `group_left (…)` brings along is on one side only. */
function groupingLabels(node: Node): Node[] {
  const clause = node.getChild('AggregateModifier') ?? node.getChild('MatchingModifierClause');
  const list = clause?.firstChild?.nextSibling;
  if (!list || list.name !== 'GroupingLabels') return [];
  return [...list.getChildren('LabelName'), ...list.getChildren('QuotedLabelName')];
}

function matcherNodes(selector: Node): Node[] {
  const list = selector.getChild('LabelMatchers');
  if (list === null) return [];
  return [...list.getChildren('UnquotedLabelMatcher'), ...list.getChildren('QuotedLabelMatcher')];
}

function operatorOf(text: string): Operator {
  if (text === '=' || text === '!=' || text === '=~' || text === '!~') return text;
  throw new SyntaxError(`no operator of a label matcher: "${text}"`);
}

/** PromQL's escapes in double quotes are JSON's, as far as they are used here; JSON.parse says so where they are not. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text.replace(/^(['`])(.*)\1$/s, '$2');
  return String(JSON.parse(text));
}

/** Whether a series with this value of the label matches. Prometheus anchors regular expressions at both ends. */
export function matches({ operator, value }: Matcher, actual: string): boolean {
  const isSame = operator.endsWith('~') ? new RegExp(`^(?:${value})$`, 's').test(actual) : value === actual;
  return operator.startsWith('!') ? !isSame : isSame;
}
