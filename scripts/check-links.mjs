// Every link of every Markdown file, every path in backquotes, and every runbook_url of the alerts leads to a file that
// exists, and to a heading in it. Addresses on the internet are not checked.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const NOT_OURS = new Set(['node_modules', 'dist', 'artifacts', 'coverage', '.git']);
const ALERTS = 'deploy/prometheus/alerts.yml';
const RUNBOOK = /runbook_url: '?\{\{ \$externalLabels\.runbook_base \}\}([^'\s]+)/g;

const PATH = /`((?:bench|deploy|docs|examples|scripts|simulator|soak|src|test)\/[\w./-]+\.\w+)`/g;
/** It names files of older versions as well. */
const HISTORY = 'CHANGELOG.md';

const pages = markdownFiles('.');
const links = [...pages.flatMap(linksOf), ...targets(ALERTS, readFileSync(ALERTS, 'utf8'), RUNBOOK, '.')];
const broken = links.flatMap(({ from, link, path, anchor }) => {
  if (!existsSync(path)) return [`${from}: ${link}: there is no ${path}`];
  if (anchor === '' || (statSync(path).isFile() && anchorsOf(path).has(anchor))) return [];
  return [`${from}: ${link}: ${path} has no heading #${anchor}`];
});
for (const fault of broken) console.error(fault);
if (broken.length > 0) process.exit(1);
console.log(`${links.length} links in ${pages.length} Markdown files and ${ALERTS}: none is broken`);

function markdownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : markdownFiles(path);
    return path.endsWith('.md') ? [path] : [];
  });
}

function linksOf(page) {
  const text = readFileSync(page, 'utf8');
  const paths = page === HISTORY ? [] : targets(page, text, PATH, '.');
  return [...paths, ...targets(page, withoutCode(text), /\]\(([^)\s]+)(?: "[^"]*")?\)/g, dirname(page))];
}

function targets(from, text, pattern, base) {
  return [...text.matchAll(pattern)].flatMap(([, link]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path, anchor = ''] = link.split('#');
    return [{ from, link, path: path === '' ? from : normalize(join(base, path)), anchor }];
  });
}

/** The anchors that GitHub and GitLab make of a page's headings. */
function anchorsOf(page) {
  const seen = new Map();
  return new Set(
    [...withoutCode(readFileSync(page, 'utf8'), { keepInline: true }).matchAll(/^#{1,6} (.+)$/gm)].map(
      ([, heading]) => {
        const words = heading
          .trim()
          .toLowerCase()
          .replace(/\[(.*?)\]\(.*?\)/g, '$1');
        const anchor = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
        const times = seen.get(anchor) ?? 0;
        seen.set(anchor, times + 1);
        return times === 0 ? anchor : `${anchor}-${times}`;
      },
    ),
  );
}

function withoutCode(text, { keepInline = false } = {}) {
  const prose = text.replace(/^```.*?^```$/gms, '');
  return keepInline ? prose : prose.replace(/`[^`\n]*`/g, '');
}
