export interface Customer {
  readonly id: string;
  readonly nickname: string;
}

/** Returning customers, with realistic names. */
export const customers: readonly [Customer, ...Customer[]] = [
  { id: '1299314544', nickname: '山浓' },
  { id: '8613800138001', nickname: 'Ann' },
  { id: '8613800138002', nickname: 'Иван' },
  { id: 'customer:3@shop', nickname: 'Zoë 🎧' },
  { id: 'customer:4@shop', nickname: '' },
  { id: 'customer:5@shop', nickname: '=SUM(1;2)' },
  { id: 'customer:6@shop', nickname: 'عمر' },
  { id: '+447700900123', nickname: 'O’Neill, "Sam"' },
];
