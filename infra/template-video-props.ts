import type { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import type { DomainName, IAuthorizer, IDomainName } from 'aws-cdk-lib/aws-apigateway';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { FunctionNetwork } from './function-network.ts';
import type { MeasuredSetting } from './measured-props.ts';
import type { Settings } from './settings.ts';

/** A domain name of API Gateway, and where the API is under it. */
export interface VideoDomain {
  readonly domainName: IDomainName | DomainName;
  /** Without slashes, as in `clips` for `https://…/clips/videos`. @default the root of the domain */
  readonly basePath?: string;
}

/** Every setting, and the resources that may be given instead of being made. */
export interface TemplateVideoProps
  extends Partial<Omit<Settings, MeasuredSetting | 'apiKeySecret'>>,
    FunctionNetwork {
  /** The time between the create and the first check, in whole seconds. @default Duration.seconds(30) */
  readonly firstWait?: Duration;
  /** The time between two checks in the first ten minutes, in whole seconds. @default Duration.seconds(10) */
  readonly pollInterval?: Duration;
  /** The time after which an unfinished task is given up, in whole hours. @default Duration.hours(9) */
  readonly giveUpAfter?: Duration;
  /**
   * The largest video, from 1,000,000 to 20,000,000,000 bytes. `Size.mebibytes(1)` is 1,048,576 bytes.
   * @default Size.bytes(2_048_000_000)
   */
  readonly maxVideoSize?: Size;
  /** How long a new `video.mp4` is kept, in whole days. `job.json` stays. @default for ever */
  readonly retention?: Duration;
  /** The Secrets Manager secret that holds the MiniMax key, or its name. @default 'minimax/api-key' */
  readonly apiKeySecret?: ISecret | Secret | string;
  /**
   * The bucket of the videos and of callers' images. Its owner then sets what expires (images under `uploads/`, unfinished uploads,
   * videos with `retention`) and the CORS rules for `corsOrigins`.
   * @default a private bucket, encrypted and TLS only, that is kept when the stack is deleted
   */
  readonly bucket?: IBucket | Bucket;
  /**
   * The table of the videos, with the keys and indexes of a `VideoTable`.
   * @default a `VideoTable` of its own
   */
  readonly table?: ITable | Table;
  /** The event bus on which the ends of videos are announced. @default the account's default event bus */
  readonly eventBus?: IEventBus | EventBus;
  /** The topic of the alarms. @default a topic of its own */
  readonly alarmTopic?: ITopic | Topic;
  /**
   * What becomes of the construct's own bucket, of the policy of that bucket and of its own table when they leave the stack.
   * CloudFormation cannot delete a bucket with objects, so `DESTROY` needs an empty one. Log groups are always deleted with the
   * stack. The role with which API Gateway writes logs is always kept, because the account has one for all APIs.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * The KMS key that encrypts the construct's own bucket, its own table and, with `callbacks`, the secret of callback addresses. The
   * functions that use them may use the key. It encrypts nothing else: no logs, no topic, no environment of functions, no execution.
   * @default S3's own key, the key `aws/dynamodb`, and the key `aws/secretsmanager`
   */
  readonly encryptionKey?: IKey | Key;
  /** How long all log groups of the construct are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** Whether the API has an access log, and a log of its own errors. @default true */
  readonly accessLogs?: boolean;
  /**
   * Whether the stack makes the role with which API Gateway writes the logs of the whole account and region, and sets it in the
   * account. With false, access logs need a role that the account has already: without it, the deployment of the stage fails.
   * @default as `accessLogs`
   */
  readonly apiGatewayAccount?: boolean;
  /** Whether there is an HTTPS API. Without one, Step Functions starts and shows the executions. @default true */
  readonly api?: boolean;
  /**
   * Authorizes callers, instead of IAM. A caller that it admits starts as many videos as the throttle admits. The owner of videos,
   * uploads and keys is the issuer and subject of the token's claims, or the `principalId` of a Lambda authorizer. If it gives all
   * callers the same one, all are one owner, and see and cancel each other's videos.
   * @default as `auth` says
   */
  readonly authorizer?: IAuthorizer;
  /** The domain of the API. `videosUrl` is its address then. MiniMax calls back at API Gateway's own address. @default none */
  readonly domain?: VideoDomain;
  /**
   * Whether the stack has the outputs that people and the commands of Template Video read. The key of each begins with the path of
   * the construct in its stack, as in `VideosVideosUrl`.
   * @default true
   */
  readonly outputs?: boolean;
}
