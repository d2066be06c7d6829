import { requireVpc } from './function-network.ts';
import { toMeasuredProps, toMeasuredSettings } from './measured-props.ts';
import { InvalidSetting, SETTING_NAMES, type Settings, toSettings } from './settings.ts';
import type { TemplateVideoProps } from './template-video-props.ts';

/** The properties beside the settings. The compiler demands a new one here. */
const OTHER_PROPS: Readonly<Record<Exclude<keyof TemplateVideoProps, keyof Settings>, true>> = {
  accessLogs: true,
  alarmTopic: true,
  api: true,
  apiGatewayAccount: true,
  authorizer: true,
  bucket: true,
  domain: true,
  encryptionKey: true,
  eventBus: true,
  firstWait: true,
  giveUpAfter: true,
  logRetention: true,
  maxVideoSize: true,
  outputs: true,
  pollInterval: true,
  removalPolicy: true,
  retention: true,
  securityGroups: true,
  table: true,
  vpc: true,
  vpcSubnets: true,
};

/** The settings behind the properties of a construct. @throws InvalidSetting also for properties that exclude each other */
export function readProps(props: TemplateVideoProps): Settings {
  const { apiKeySecret } = props;
  const measured = toMeasuredSettings(props);
  const { maxVideoMegabytes } = measured;
  const settings = toSettings({
    ...props,
    ...measured,
    apiKeySecret: typeof apiKeySecret === 'object' ? undefined : apiKeySecret,
    maxVideoMegabytes: maxVideoMegabytes && Math.ceil(maxVideoMegabytes),
  });
  rejectUnknown(props);
  requireAgreement(settings, props);
  return { ...settings, maxVideoMegabytes: maxVideoMegabytes ?? settings.maxVideoMegabytes };
}

/** The properties of a construct with these settings. */
export function toProps(settings: Settings): TemplateVideoProps {
  const { firstWaitSeconds, pollSeconds, giveUpAfterHours, maxVideoMegabytes, retentionDays, ...others } =
    settings;
  const measured = { firstWaitSeconds, pollSeconds, giveUpAfterHours, maxVideoMegabytes, retentionDays };
  return { ...others, ...toMeasuredProps(measured) };
}

/** JavaScript has no compiler that finds a misspelt property. */
function rejectUnknown(props: TemplateVideoProps): void {
  const known = [...SETTING_NAMES, ...Object.keys(OTHER_PROPS)];
  const unknown = Object.keys(props).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new InvalidSetting(
      `Property ${unknown.join(', ')} is not known; known are ${Object.keys(OTHER_PROPS).join(', ')} and the settings.`,
    );
}

function requireAgreement({ auth, callbacks }: Settings, props: TemplateVideoProps): void {
  const { api, authorizer, domain } = props;
  if (authorizer !== undefined && auth !== 'iam')
    throw new InvalidSetting(`Setting auth is "${auth}"; allowed beside an authorizer is none.`);
  if (callbacks && api === false)
    throw new InvalidSetting(
      'callbacks=true requires the API (api: false was given), because MiniMax calls back through it.',
    );
  if (domain !== undefined && api === false)
    throw new InvalidSetting('Property domain needs the API (api: false was given).');
  // CloudFormation would end the deployment: a mapping of API Gateway's REST APIs takes one part only.
  if (domain?.basePath?.includes('/'))
    throw new InvalidSetting(
      `Property domain has the basePath ${JSON.stringify(domain.basePath)}; allowed is one part without slashes, such as "clips".`,
    );
  requireVpc(props);
}
