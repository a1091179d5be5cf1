import { IsDefined } from 'class-validator';
import { baseUrl, httpUrl, origins, redisUrls } from './environment/address.js';
import { apiKeys, encryptionKey, type ApiKey } from './environment/secrets.js';
import { webhookPathSecret, webhookTokens } from './environment/webhook.js';
import { Flag, OneOf, Share, Text, TextLike, TimerMs, Variable, WholeNumber } from './environment/variable.js';

const authModes = ['none', 'api-key', 'jwt'] as const;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const otlpProtocols = ['http/protobuf', 'http/json'] as const;
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const Required = (): PropertyDecorator => IsDefined({ message: 'is required' });

/**
 * Every variable of docs/configuration.md: `deskBaseUrl` is read from DESK_BASE_URL, and the initial value of a field is
 * its default.
 * Secrets are not enumerable, so that no log line, error or spread copy contains them.
 */
export class Environment {
  @Text() readonly host: string = '127.0.0.1';
  @WholeNumber({ max: 65_535 }) readonly port: number = 3000;

  @Variable(baseUrl) readonly deskBaseUrl: string = 'https://console.tim.qq.com';
  @Required() @WholeNumber({ min: 1 }) declare readonly deskSdkAppId: number;
  @Required() @Text({ secret: true, file: true }) declare readonly deskSecretKey: string;
  @TextLike(/^[\w-]{1,32}$/, 'must be 1 to 32 characters out of A-Z a-z 0-9 _ -')
  readonly deskIdentifier: string = 'administrator';
  @WholeNumber({ min: 2000 }) readonly deskUserSigTtlMs: number = 86_400_000;
  @TimerMs() readonly deskAttemptTimeoutMs: number = 4000;
  @TimerMs() readonly deskDeadlineMs: number = 10_000;
  @WholeNumber({ min: 1 }) readonly deskMaxRps: number = 20;
  @TimerMs() readonly deskCooldownMinMs: number = 1000;
  @TimerMs() readonly deskCooldownMaxMs: number = 60_000;

  @Variable(redisUrls, { secret: true }) declare readonly redisUrl?: string;
  @Text() declare readonly redisSentinelName?: string;
  @Text() readonly redisKeyPrefix: string = 'desk';

  @WholeNumber() readonly cacheFreshMinMs: number = 2000;
  @WholeNumber() readonly cacheFreshMaxMs: number = 60_000;
  @WholeNumber() readonly cacheStaleWhileRevalidateMs: number = 10_000;
  @WholeNumber() readonly cacheStaleIfErrorMs: number = 300_000;
  @WholeNumber() readonly cacheSealedMs: number = 3_600_000;
  @WholeNumber() readonly cacheSealAfterMs: number = 600_000;
  @WholeNumber() readonly cacheNotFoundMs: number = 5000;
  @WholeNumber() readonly cacheMemoryBytes: number = 67_108_864;
  @Variable(encryptionKey, { secret: true, file: true }) declare readonly cacheEncryptionKey?: Buffer;

  @Required() @OneOf(authModes) declare readonly authMode: (typeof authModes)[number];
  @Variable(apiKeys, { secret: true, file: true }) readonly apiKeys: readonly ApiKey[] = Object.freeze([]);
  @Text() declare readonly jwtIssuer?: string;
  @Text() declare readonly jwtAudience?: string;
  @Variable(httpUrl) declare readonly jwtJwksUrl?: string;
  @TextLike(
    /^[\x21\x23-\x5b\x5d-\x7e]+$/,
    'must be one scope: printable ASCII without blanks, quotes and backslashes (RFC 6749 §3.3)',
  )
  declare readonly jwtRequiredScope?: string;

  @Variable(webhookTokens, { secret: true, file: true }) readonly webhookTokens: readonly string[] = Object.freeze([]);
  @Variable(webhookPathSecret, { secret: true, file: true }) declare readonly webhookPathSecret?: string;
  @WholeNumber() readonly webhookFreshMs: number = 30_000;

  @WholeNumber() readonly streamMax: number = 1000;
  @WholeNumber() readonly streamMaxPerCaller: number = 100;
  @TimerMs() readonly streamHeartbeatMs: number = 15_000;

  @WholeNumber() readonly rateLimitPerMinute: number = 600;
  @Flag() readonly metricsPublic: boolean = false;
  @Variable(origins) readonly corsOrigins: readonly string[] = Object.freeze([]);
  @OneOf(logLevels) readonly logLevel: (typeof logLevels)[number] = 'info';
  @TimerMs() readonly shutdownTimeoutMs: number = 10_000;

  // What OpenTelemetry's SDK reads by itself as well; the rest of its variables is its own. An address may hold a token.
  @Variable(httpUrl, { secret: true }) declare readonly otelExporterOtlpEndpoint?: string;
  @Variable(httpUrl, { secret: true }) declare readonly otelExporterOtlpTracesEndpoint?: string;
  @OneOf(otlpProtocols) readonly otelExporterOtlpProtocol: (typeof otlpProtocols)[number] = 'http/protobuf';
  @OneOf(otlpProtocols) declare readonly otelExporterOtlpTracesProtocol?: (typeof otlpProtocols)[number];
  @OneOf(samplers) readonly otelTracesSampler: (typeof samplers)[number] = 'parentbased_always_on';
  @Share() readonly otelTracesSamplerArg: number = 1;
  @OneOf(['otlp', 'none']) readonly otelTracesExporter: 'otlp' | 'none' = 'otlp';
  @Flag() readonly otelSdkDisabled: boolean = false;
}

/** Whether the desk reports changes to this service. */
export function hasWebhook({ webhookTokens: tokens, webhookPathSecret: secret }: Environment): boolean {
  return tokens.length > 0 || secret !== undefined;
}
