/**
 * Every text of the page. It is longer than others, because all texts stand in one place. A text with a number or a name in it is a
 * function.
 */
export const T = {
  title: 'Template Video',
  titleOf: (view: string) => `${view} · Template Video`,
  skip: 'Skip to the content',
  nav: 'Views',
  make: 'Make a video',
  videos: 'Your videos',
  simulated: 'MiniMax is simulated here: videos are test clips, and cost nothing.',
  real: 'The real MiniMax makes these videos, and charges for each.',
  unreachable: 'The service is not reachable. Trying again …',
  broken: 'This part of the page could not be shown.',
  loading: 'Loading …',
  notShownYet:
    'The service does not show this video. It looks again for a few seconds, because a new one may come late.',
  copied: 'Copied',
  copyFailed: 'The browser did not allow it. Copy this:',

  catalogue: 'Templates',
  catalogueNote: (host: string, day: string) => `Known of ${host} on ${day}. Prices are estimates.`,
  needsNothing: 'needs nothing',
  needs: (what: readonly string[]) => `needs ${what.join(' and ')}`,
  mayNeed: (what: string) => `perhaps ${what}`,
  priceUnknown: 'price unknown',
  price: (usd: string) => `about ${usd}`,
  free: 'simulated, free',
  notCharged: 'not charged',
  charged: (price: string, spent: string) => `${price}, ${spent}`,
  samplePicture: 'A picture of a pet that this template takes',
  otherTemplateNote: 'MiniMax adds templates without notice. One of them by its id:',
  templateId: 'Template id',
  chooseIt: 'Choose it',
  backToTemplates: 'All templates',

  image: (what: string) => `Image: ${what}`,
  imageOptional: (what: string) => `Image, if the template needs one: ${what}`,
  dropHere: 'Drop an image here, paste one, or',
  chooseFile: 'choose a file',
  imageRules:
    'JPEG, PNG or WebP, under 20 MB. The short side has more than 300 pixels, the shape is from 2:5 to 5:2.',
  useSample: 'Use the sample picture',
  removeImage: 'Remove the image',
  imageWrong: (name: string, why: string) => `${name} ${why}. Nothing was sent.`,
  imageTooLarge: (bytes: number, limit: number) =>
    `has ${bytes} bytes; MiniMax accepts images under ${limit}`,
  imageFine: (name: string, size: string) => `${name}, ${size}`,
  notOneImage: (count: number) => `${count} files were given, and the template takes one.`,
  earlierImage: 'The image of the earlier request',
  imageMissing: 'Choose an image first.',
  text: (what: string) => `Text: ${what}`,
  textOptional: (what: string) => `Text, if the template needs one: ${what}`,
  textMissing: (what: string) => `Write ${what} first.`,
  anyText: 'what the template asks for',
  anyImage: 'what the template asks for',
  metadata: 'A note of your own',
  metadataHint: 'It is shown with the video in the list. MiniMax does not get it.',
  submit: (cost: string) => `Make it · ${cost}`,
  example: (text: string) => `For example: ${text}`,
  templateUnknown:
    'No template of this id is known here, so its price and its inputs are not known either. MiniMax may charge for a video that fails.',
  sending: 'Sending …',
  sentElsewhere:
    'This request is being sent just now, here or in another tab. Look at the list of your videos.',
  notKept: 'This browser cannot keep the request, so nothing was sent.',
  resumed:
    'The page was loaded again while it sent a request. It asks with the same key, so nothing is paid twice.',
  outcomeUnknown: (time: string) =>
    `This request was sent on ${time}. No answer said what became of it, so the video may have been started. Sent again with the same key, it is paid for once.`,
  keyIs: (key: string) => `Its key: ${key}`,
  sendAgain: 'Send it again, with the same key',
  giveUp: 'Give it up',
  giveUpWarning: (isSimulated: boolean) =>
    isSimulated
      ? 'If you give it up, look for the video in the list of your videos.'
      : 'If you give it up, look for the video in the list of your videos first. A new request for it may be charged again.',
  earlierNotFailed: (status: string) => `The earlier video has not failed. It is ${status}:`,
  requestUnknown: 'The earlier request could not be read. Fill in the form.',
  chargedAgain: (earlier: string) =>
    `This is a new request, made from ${earlier}. MiniMax charges for it again.`,
  madeFrom: (earlier: string) => `This is a new request, made from ${earlier}.`,

  video: 'The video',
  goesOn: 'You may leave this page. The video goes on without it.',
  videoColumn: 'Video',
  videoId: 'Id',
  status: 'Status',
  template: 'Template',
  started: 'Started',
  took: 'Took',
  age: 'Age',
  tookOrAge: 'Time',
  cost: 'Cost',
  task: 'Task at MiniMax',
  checks: 'Checks',
  note: 'Note',
  statuses: {
    queued: 'queued',
    running: 'running',
    generating: 'MiniMax is making it',
    copying: 'being copied',
    succeeded: 'ready',
    failed: 'failed',
    cancelled: 'cancelled',
    timed_out: 'ran out of time',
  } as Readonly<Record<string, string>>,
  announce: (status: string, state: string | undefined) =>
    state === undefined ? `Status: ${status}.` : `Status: ${status}. The state is ${state}.`,
  nextCheck: (seconds: number) =>
    seconds === 0 ? 'MiniMax is asked now' : `MiniMax is asked again in ${seconds} s`,
  checked: (count: number) => (count === 1 ? 'asked once' : `asked ${count} times`),
  retrying: (title: string, tries: number | undefined) =>
    tries === undefined ? `Is tried again: ${title}` : `Is tried again after ${tries} failed: ${title}`,
  graph: 'The workflow',
  graphLabel: (state: string | undefined, visited: number) =>
    state === undefined
      ? `The states of the workflow. The video has visited ${visited} of them, and has ended.`
      : `The states of the workflow. The video is in the state ${state}.`,
  timeline: 'What has happened',
  timelineEmpty: 'Nothing has happened yet.',
  historyFailed: (why: string) => `The history could not be read. ${why}`,
  earlierVisits: (count: number) => `Show ${count} earlier steps`,
  failedTry: (error: string, title: string) => `${error}: ${title}`,
  nextTry: (attempt: number, limit: number | undefined, seconds: number, isRandom: boolean) =>
    `${tryOf(attempt, limit)} starts in ${seconds} s${isRandom ? ', or sooner' : ''}.`,
  tryRuns: (attempt: number, limit: number | undefined) => `${tryOf(attempt, limit)} runs now.`,
  here: 'here now',
  jobDocument: 'Job document',
  request: 'The request',
  play: 'Play',
  hide: 'Hide the video',
  download: 'Download',
  copyLink: 'Copy a link to the file',
  linkNote: (until: string) => `The link is for anyone, until ${until}.`,
  copyAddress: 'Copy the address of this view',
  fileDeleted: (when: string) => `The file was deleted on ${when}, by the retention of this service.`,
  cannotPlay: 'The file could not be played here. Download it instead.',
  videoLabel: (id: string) => `The video ${id}`,
  cancel: 'Stop waiting …',
  cancelling: 'Stopping …',
  cancelTitle: 'Stop waiting for this video?',
  cancelDetail:
    'This service stops asking MiniMax, and stores no file. MiniMax cannot be stopped: it goes on.',
  cancelCost: (cost: string) => `MiniMax may still charge for the video: ${cost}.`,
  cancelLater: 'The video can be fetched later without a new charge: adopt its task.',
  cancelYes: 'Stop waiting',
  cancelNo: 'Keep waiting',
  failed: 'Why it failed',
  moneySpent: {
    no: 'No money was spent.',
    maybe: 'MiniMax may have charged for it.',
    yes: 'MiniMax has charged for it, or will.',
  } as Readonly<Record<string, string>>,
  moneySimulated: 'MiniMax is simulated, so no money was spent.',
  estimate: (usd: string) => `The estimate is ${usd}.`,
  adopt: 'Adopt the task: fetch its video',
  adoptNote:
    'A new video follows the task that exists. MiniMax is not asked to make anything, and charges nothing for this.',
  sameKey: 'Send it again, with the same key',
  sameKeyNote: 'Nothing is paid twice.',
  sameKeyUnknown:
    'This tab does not have the key of the request. Its sender can send it again with that key.',
  newRequest: 'Make a new request from this',
  newRequestNote: (isCharged: boolean) =>
    isCharged
      ? 'You see it before it is sent. MiniMax charges for it again.'
      : 'You see it before it is sent.',
  never: 'A person has to check first, as the text above says. Then look again.',
  lookAgain: 'Look again',

  search: 'Open a video by its id',
  open: 'Open',
  badId: 'This can be no id of a video.',
  filters: 'Filters',
  all: 'all',
  after: 'From this day',
  before: 'To this day',
  metadataFilter: 'By metadata, as in order=17',
  metadataFilterHint: 'Only keys that the operator of the service has listed.',
  metadataWrong: 'Write a key, then =, then its value.',
  clear: 'Clear the filters',
  noVideos: 'There are no videos yet.',
  noneFit: 'No video fits these filters.',
  makeFirst: 'Make the first one',
  newer: 'Newest',
  older: 'Older',
  page: (number: number) => `Page ${number}`,
  listCaption: 'Your videos, newest first',
  actions: 'Actions',
  spent: { no: 'not charged', maybe: 'perhaps charged', yes: 'charged' } as Readonly<Record<string, string>>,
  unknown: 'unknown',
  updated: (count: number, running: number) => `${count} videos on this page, ${running} of them running.`,
  seconds: (count: number) => `${count} s`,
  minutes: (minutes: number, seconds: number) => `${minutes} min ${seconds} s`,
  hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
  days: (days: number) => (days === 1 ? '1 day' : `${days} days`),
} as const;

function tryOf(attempt: number, limit: number | undefined): string {
  return limit === undefined ? `Try ${attempt}` : `Try ${attempt} of ${limit}`;
}
