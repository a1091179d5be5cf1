import { toCard } from './card.js';
import type { CustomContent } from './content.js';
import type { Fields } from './fields.js';

export function readCustom(fields: Fields): CustomContent {
  const data = fields.string('Data');
  return {
    type: 'custom',
    data,
    description: fields.string('Desc'),
    extension: fields.string('Ext'),
    sound: fields.string('Sound'),
    card: toCard(data),
  };
}
