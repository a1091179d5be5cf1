/** Wall-clock milliseconds; injected wherever a test has to decide what time it is. */
export type Clock = () => number;
