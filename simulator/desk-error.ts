export interface DeskFailure {
  readonly ActionStatus: 'FAIL';
  readonly ErrorCode: number;
  readonly ErrorInfo: string;
}

const INFO: Readonly<Record<number, string>> = {
  60002: 'http parse error, please check the url',
  60003: 'request json parse error',
  60006: 'invalid sdkappid',
  60009: 'request resource error, please check the url',
  60010: 'this command requires an app administrator',
  60012: 'sdkappid is missing in the url',
  60025: 'sdkappid, identifier, usersig or contenttype in the url is wrong',
  70001: 'usersig expired',
  70002: 'usersig is empty',
  70003: 'usersig cannot be parsed',
  70009: 'usersig check failed, the key belongs to another sdkappid',
  70013: 'identifier differs from the one in the usersig',
  70014: 'sdkappid differs from the one in the usersig',
  70020: 'sdkappid does not exist',
  70050: 'usersig check failed too often, retry after one minute',
  70052: 'usersig has been invalidated',
  141000: 'the application is not a desk application',
  141002: 'cls internal error, retry',
  141004: 'invalid parameter',
  141009: 'api rate limiting',
  141010: 'the session does not exist',
};

export function deskFailure(code: number, info?: string): DeskFailure {
  return { ActionStatus: 'FAIL', ErrorCode: code, ErrorInfo: info ?? INFO[code] ?? `error ${code}` };
}
