import { type ErrorCodeRow } from './error-code.js';

const report = 'report this to the developers of desk-bff';
const slower = 'lower DESK_MAX_RPS, or have the limit raised in the Tencent Cloud console';
const wait = 'none if it passes; if it stays, ask Tencent Cloud support';
const support = 'ask Tencent Cloud support';
const checkAppId = 'check DESK_SDK_APP_ID, and DESK_BASE_URL (its data centre)';
const checkKey = 'check DESK_SECRET_KEY and DESK_SDK_APP_ID: they must belong together';
const checkSigning = 'check the clock of this machine, DESK_SECRET_KEY, DESK_SDK_APP_ID and DESK_IDENTIFIER';
const checkAdmin = 'set DESK_IDENTIFIER to an App administrator of the application';
export const callersDoing = 'none: it is in what the caller asked for';
const pay = 'check the package and the balance in the Tencent Cloud console';

/** Codes that every REST command can answer with (Tencent's "Error Code" document, 60000 to 80005). */
export const commonCodes: readonly ErrorCodeRow[] = [
  [[60002], 'bad-request', 'the URL could not be parsed', report],
  [[60003], 'bad-request', 'the request is not JSON', report],
  [[60004, 60005], 'auth-expired', 'the account or its signature is wrong', checkSigning],
  [[60006], 'auth-config', 'the SDKAppID is invalid', checkAppId],
  [[60007], 'rate-limit', 'too many REST calls', slower],
  [[60008], 'transient', 'the request timed out, or was malformed', wait],
  [[60009], 'bad-request', 'the requested resource is wrong', report],
  [[60010], 'auth-config', 'the identifier is no App administrator', checkAdmin],
  [[60011], 'rate-limit', 'too many calls of this SDKAppID', slower],
  [[60012], 'bad-request', 'the URL lacks the SDKAppID', report],
  [[60013], 'transient', 'a response inside Tencent was not JSON', wait],
  [[60014], 'transient', 'the account check timed out', wait],
  [[60015], 'bad-request', 'an account in the body is no string', report],
  [[60016], 'forbidden', 'the SDKAppID is disabled', support],
  [[60017], 'forbidden', 'the request is disabled', support],
  [[60018, 60019], 'rate-limit', 'requests too frequent', slower],
  [[60020], 'quota-billing', 'the package is not bought, expired, in arrears, or not yet effective', pay],
  [[60021], 'forbidden', 'the source IP is not allowed', 'have the IP of this machine put on the allow-list'],
  [[60025], 'auth-config', 'a URL parameter (SDKAppID, identifier, UserSig, contenttype) is wrong', checkSigning],
  [[60026], 'auth-config', 'the address does not serve this application', checkAppId],
  [[60027], 'auth-config', 'the product type does not allow this resource', 'check the type of product in the console'],
  [
    [60028],
    'quota-billing',
    'the volume that a trial edition has for 24 hours is used up',
    'upgrade, or wait until tomorrow',
  ],
  [[80001], 'not-applicable', 'sensitive text', report],
  [[80002], 'not-applicable', 'message body too long', report],
  [[80003], 'not-applicable', 'the callback before sending failed', report],
  [[80004], 'not-applicable', 'sensitive image', report],
  [[80005], 'quota-billing', 'the service is deactivated: expired or in arrears', pay],

  [[70001], 'auth-expired', 'the UserSig has expired', checkSigning],
  [[70002], 'auth-config', 'the UserSig is empty', report],
  [[70003, 70004], 'auth-config', 'the UserSig is illegal, often cut short', checkSigning],
  [[70005, 70006, 70007, 70008, 70010], 'auth-config', 'the UserSig was not verified', checkKey],
  [[70009], 'auth-config', 'the key belongs to another SDKAppID', checkKey],
  [[70013], 'auth-config', 'the identifier is not the one in the UserSig', report],
  [[70014], 'auth-config', 'the SDKAppID is not the one in the UserSig', report],
  [[70015], 'auth-config', 'the application has no such authentication', checkAppId],
  [[70016], 'auth-config', 'the key does not exist', `${checkAppId}; a new key works after 10 minutes`],
  [[70017], 'transient', 'ticket verification timed out', wait],
  [[70018], 'auth-config', 'third-party ticket verification failed', checkSigning],
  [[70019], 'auth-config', 'the ticket is empty', report],
  [[70020], 'auth-config', 'the SDKAppID does not exist', checkAppId],
  [[70050], 'lockout', 'verification failed, and too often: locked for a minute', checkSigning],
  [[70051], 'forbidden', 'the account is on the blocklist', 'take DESK_IDENTIFIER off the blocklist'],
  [[70052], 'auth-expired', 'the UserSig was invalidated', checkSigning],
  [[70101], 'bad-request', 'the request is empty', report],
  [[70102, 70145], 'bad-request', 'the account type is wrong', report],
  [[70103, 70104, 70105, 70106], 'bad-request', 'the format of the account is wrong', report],
  [[70107], 'account-not-found', 'the account does not exist', `import the account, or ${checkAdmin}`],
  [[70113, 70206], 'bad-request', 'the batch count is illegal', report],
  [[70114], 'forbidden', 'restricted for security reasons', support],
  [[70115], 'auth-config', 'the uin is not that of the developer', checkAppId],
  [[70140], 'auth-config', 'the SDKAppID does not match the account type', checkAppId],
  [[70169, 70362], 'transient', 'a timeout inside Tencent', wait],
  [[70201, 70202, 70203, 70207, 70208, 70212, 70213, 70222], 'transient', 'an error inside Tencent', wait],
  [[70225, 70231, 70308, 70348, 70401, 70500], 'transient', 'an error inside Tencent', wait],
  [[70204], 'auth-config', 'the application has no account type', checkAppId],
  [[70205], 'transient', 'the account type could not be looked up', wait],
  [[70209, 70210, 70211], 'auth-config', 'the uin of the developer is wrong or was not found', checkAppId],
  [[70214, 70346], 'auth-config', 'ticket verification failed', checkSigning],
  [[70221], 'auth-expired', 'the login state is invalid', checkSigning],
  [[70236], 'auth-config', 'the user signature was not verified', checkKey],
  [[70347], 'auth-expired', 'the ticket has expired', checkSigning],
  [[70398], 'quota-billing', 'more accounts than the edition allows', 'upgrade the edition'],
  [[70399], 'not-applicable', 'an account may be imported again only 3 months after its deletion', report],
  [[70402], 'bad-request', 'illegal parameters', report],
  [[70403], 'auth-config', 'needs an App administrator', checkAdmin],
  [[70404], 'not-applicable', 'the SDK is too old', report],
  [[71000], 'not-applicable', 'the application does not allow the deletion of accounts', report],
  [[72000, 72002], 'quota-billing', 'more active users than the free quota', 'upgrade the edition'],
  [[72001, 72011, 72012], 'auth-config', 'the feature is not enabled', 'enable the feature in the console'],
  [[72010], 'rate-limit', 'requests of one user too frequent', slower],
];

/**
 * Codes that the Desk commands share. Other 141xxx codes are private to a command: 141010 is a missing session here and
 * a missing agent in set_member_status.
 */
export const deskCodes: readonly ErrorCodeRow[] = [
  [[141000], 'auth-config', 'the application is no Desk application', `enable Desk for it, or ${checkAppId}`],
  [[141002], 'transient', 'an error inside the desk', wait],
  [[141004], 'invalid-parameter', 'a parameter is invalid', callersDoing],
  [[141009], 'command-rate-limit', 'the rate limit of the API', slower],
];
