/**
 * What each output of a stack is called. In a stack of the user's own the construct puts its path before each name,
 * as in `VideosVideosUrl`. So commands find an output by the end of its key.
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
