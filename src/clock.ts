/** Wall-clock milliseconds; injected wherever a test has to decide what time it is. */
export type Clock = () => number;

/** The promise's value, or `late` where it takes longer than this. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late');
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
