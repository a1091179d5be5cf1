/** A fault of a control request; its message is the answer. */
export class ControlError extends Error {
  override readonly name = 'ControlError';

  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}
