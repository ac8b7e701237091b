/** The handover note: from frames to data, and from data to what a person reads. */
export {toBrief} from './brief.ts';
export {type NoteInput, noteOf, notingOf} from './collect.ts';
export {toCustomer} from './customer.ts';
export {toJson} from './json.ts';
export {toMarkdown} from './markdown.ts';
export type {Note} from './note.ts';
