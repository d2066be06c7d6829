import { Duration, Size } from 'aws-cdk-lib';
import { InvalidSetting, RANGES, type Settings } from './settings.ts';

/** The settings that are a number in the context, and have a unit in the construct's properties. */
export type MeasuredSetting = keyof typeof RANGES;

/** The properties that have a unit. */
interface MeasuredProps {
  readonly firstWait?: Duration;
  readonly pollInterval?: Duration;
  readonly giveUpAfter?: Duration;
  readonly maxVideoSize?: Size;
  readonly retention?: Duration;
}

/** A `Duration` or a `Size`. */
interface Measured {
  readonly isUnresolved?: () => boolean;
  readonly toMilliseconds?: () => number;
  readonly toBytes?: () => number;
}

interface Unit {
  readonly prop: keyof MeasuredProps;
  readonly type: 'Duration' | 'Size';
  /** How many of the smallest unit of the type, milliseconds or bytes, are one of the setting. */
  readonly factor: number;
  /** A number of the setting as a person writes it in an app. */
  readonly toText: (value: number) => string;
  /** Whether a fraction of the setting's unit is allowed. @default false */
  readonly isFractional?: true;
}

const UNITS: Readonly<Record<MeasuredSetting, Unit>> = {
  firstWaitSeconds: seconds('firstWait'),
  pollSeconds: seconds('pollInterval'),
  giveUpAfterHours: {
    prop: 'giveUpAfter',
    type: 'Duration',
    factor: 3_600_000,
    toText: (value) => `Duration.hours(${value})`,
  },
  maxVideoMegabytes: {
    prop: 'maxVideoSize',
    type: 'Size',
    factor: 1_000_000,
    toText: (value) => `Size.bytes(${Math.round(value * 1_000_000)})`,
    isFractional: true,
  },
  retentionDays: {
    prop: 'retention',
    type: 'Duration',
    factor: 86_400_000,
    toText: (value) => `Duration.days(${value})`,
  },
};

const MEASURED = Object.entries(UNITS) as readonly (readonly [MeasuredSetting, Unit])[];

function seconds(prop: keyof MeasuredProps): Unit {
  return { prop, type: 'Duration', factor: 1000, toText: (value) => `Duration.seconds(${value})` };
}

/** The settings behind properties with a unit. @throws InvalidSetting also for a number, and for the name of a setting */
export function toMeasuredSettings(props: MeasuredProps): Readonly<Partial<Record<MeasuredSetting, number>>> {
  return Object.fromEntries(MEASURED.map(([setting, unit]) => [setting, toNumber(props, setting, unit)]));
}

/** The properties with a unit, for settings. */
export function toMeasuredProps(settings: Pick<Settings, MeasuredSetting>): MeasuredProps {
  const { firstWaitSeconds, pollSeconds, giveUpAfterHours, maxVideoMegabytes, retentionDays } = settings;
  return {
    firstWait: Duration.seconds(firstWaitSeconds),
    pollInterval: Duration.seconds(pollSeconds),
    giveUpAfter: Duration.hours(giveUpAfterHours),
    maxVideoSize: Size.bytes(maxVideoMegabytes * UNITS.maxVideoMegabytes.factor),
    retention: retentionDays === undefined ? undefined : Duration.days(retentionDays),
  };
}

function toNumber(props: MeasuredProps, setting: MeasuredSetting, unit: Unit): number | undefined {
  const { prop, type, factor, toText, isFractional = false } = unit;
  const example = (value: unknown): string => `${prop}: ${toText(typeof value === 'number' ? value : 15)}`;
  const old: unknown = (props as Readonly<Record<string, unknown>>)[setting];
  if (old !== undefined)
    throw new InvalidSetting(`Property ${setting} is called ${prop}, and is a ${type}: ${example(old)}.`);
  const given: unknown = props[prop] ?? undefined;
  if (given === undefined) return undefined;
  const smallest = toSmallest(given, type);
  if (smallest === undefined)
    throw new InvalidSetting(
      `Property ${prop} is ${JSON.stringify(given)}; allowed is a ${type} that is known at synthesis, such as ${example(given)}.`,
    );
  const value = smallest / factor;
  const [min, max] = RANGES[setting];
  if (value >= min && value <= max && (isFractional || Number.isInteger(value))) return value;
  const whole = isFractional ? '' : ', without a fraction';
  throw new InvalidSetting(
    `Property ${prop} is ${toText(value)}; allowed is ${toText(min)} to ${toText(max)}${whole}.`,
  );
}

/** Milliseconds or bytes. By its methods and not by its class, of which an app may have a second copy. */
function toSmallest(value: unknown, type: Unit['type']): number | undefined {
  const { isUnresolved, toMilliseconds, toBytes } = value as Measured;
  const convert = type === 'Duration' ? toMilliseconds : toBytes;
  if (convert === undefined || isUnresolved?.call(value) === true) return undefined;
  return convert.call(value);
}
