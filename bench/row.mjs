import { ratio } from './compare.mjs';

/** A row of the table for two contestants of `compare`; `goal` is the largest ratio wanted. */
export function cpuRow(name, against, goal, ours, theirs) {
  const measured = ratio(ours, theirs);
  return {
    case: name,
    against,
    goal: `≤ ${times(goal)} the CPU a request`,
    measured: times(measured),
    isMet: measured <= goal,
    cpu: `${micros(ours)} / ${micros(theirs)}`,
    perSecond: `${Math.round(ours.perSecond)} / ${Math.round(theirs.perSecond)}`,
    p99: `${ours.p99.toFixed(1)} / ${theirs.p99.toFixed(1)}`,
  };
}

export function times(factor) {
  return `${factor < 0.2 ? factor.toFixed(3) : factor.toFixed(2)}×`;
}

function micros({ cpu }) {
  return `${cpu.toFixed(0)} µs`;
}
