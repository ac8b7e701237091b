/** The two sides of `devtop cp`, as scp has them: what has a colon before its first slash is on a device. */
import type {Failure} from '../domain/channel.ts';
import {usage} from './options.ts';

export type Sides = {
	readonly way: 'put' | 'get';
	readonly target: string;
	/** As it was typed: relative to the home of the login where it begins with no slash. */
	readonly remote: string;
	readonly local: string;
};

/** `TARGET:PATH`, where a target may have a port, and an IPv6 address stands in brackets. */
const REMOTE = /^((?:[^@/[\]:]*@)?(?:\[[^\]/]*\]|[^/:[\]]+)(?::\d{1,5}(?=:))?):([\s\S]*)$/;

function remoteOf(word: string): {readonly target: string; readonly path: string} | null {
	const [, target, path] = REMOTE.exec(word) ?? [];
	return target === undefined || path === undefined ? null : {target, path};
}

/** @returns which side is the device, or why it can't be told. */
export function sidesOf(words: readonly string[]): Sides | Failure {
	const [source, goal, ...more] = words;
	if (source === undefined || goal === undefined)
		return usage('devtop cp takes two words: FILE <target>:PATH, or <target>:PATH FILE.');
	if (more.length > 0) return usage(`One file at a time, so that each is proven: "${more[0]}" is one too many.`);
	const from = remoteOf(source);
	const to = remoteOf(goal);
	if (from !== null && to !== null)
		return usage('devtop cp copies to or from a device, not between two: a local path with a colon begins with "./".');
	if (from === null && to === null)
		return usage('devtop cp needs a device on one side: <target>:PATH. A local path with a colon begins with "./".');
	if (to !== null) return {way: 'put', target: to.target, remote: to.path, local: source};
	if (from === null || from.path === '' || /(?:^|\/)\.{0,2}$/.test(from.path))
		return usage(`"${source}" names no file: ${FOLDERS}`);
	return {way: 'get', target: from.target, remote: from.path, local: goal};
}

export const FOLDERS =
	'devtop cp copies one file; of a folder make an archive with tar (on the device by devtop run <target> … -- tar -cf FILE -C FOLDER .) and copy that.';

/** So that no path is an option: relative ones begin in the home of the login. */
export const devicePath = (typed: string, home = '.'): string =>
	typed.startsWith('/') ? typed : `${home === '/' ? '' : home}/${typed}`;

/** What is said of a path that a shell would have changed; empty where none would. */
export const tildeNote = (typed: string): string =>
	typed.startsWith('~')
		? `"~" is not expanded, it is the name "${typed.split('/')[0]}" here: a path without a slash before it begins in the home of the login.`
		: '';
