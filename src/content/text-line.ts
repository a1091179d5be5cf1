import type { Content } from './content.js';

/** A message in one plain line, for lists and search. U+0085 starts a new line too, though `\s` does not know it. */
export function toTextLine(content: readonly Content[]): string {
  return content
    .map(standIn)
    .join(' ')
    .replace(/[\s\u0085]+/g, ' ')
    .trim();
}

function standIn(content: Content): string {
  switch (content.type) {
    case 'text':
      return content.text ?? '';
    case 'location':
      return `[Location] ${content.description ?? ''}`;
    case 'face':
      return '[Face]';
    case 'sound':
      return `[Voice] ${duration(content.seconds)}`;
    case 'file':
      return `[File] ${content.name ?? ''}`;
    case 'image':
      return '[Image]';
    case 'video':
      return `[Video] ${duration(content.seconds)}`;
    case 'relay':
      return `[Forwarded] ${content.title ?? ''}`;
    case 'custom':
      return '[Custom]';
    case 'unknown':
      return '[Unknown]';
  }
}

// The web client sends 0 where it does not know.
function duration(seconds: number | null): string {
  return seconds !== null && seconds > 0 ? `${seconds}s` : '';
}
