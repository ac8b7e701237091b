import {trailerMark} from '../command.ts';

/** Finds the trailer at the end of text. */
export function cutTrailer(text: string, token: string): {readonly before: string; readonly code: number | null} {
	const mark = trailerMark(token);
	const at = text.lastIndexOf(mark);
	const code = at < 0 ? undefined : /^(\d{1,3})\n/.exec(text.slice(at + mark.length))?.[1];
	return code === undefined ? {before: text, code: null} : {before: text.slice(0, at), code: Number(code)};
}
