/**
 * What each output of a stack is called. The construct in a stack of the user's own puts its path in the stack before each name,
 * as in `VideosVideosUrl`, so that commands find an output by the end of its key.
 */
export const OUTPUT_NAMES = [
  'VideosUrl',
  'StateMachineArn',
  'ApiKeyId',
  'VideoBucket',
  'VideoTable',
  'ListRules',
  'AlarmTopicArn',
] as const;

export type OutputName = (typeof OUTPUT_NAMES)[number];
