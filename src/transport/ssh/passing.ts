/**
 * How a command comes through the cloud's proxy. It takes `host -s <uuid> <command>`, and what it does with the command
 * before the device's shell reads it stands in a script that is not public. So it is asked, once a road, with a word that
 * comes out differently each way.
 */
import {quote} from '../command.ts';

/**
 * `whole`: the device's shell gets it as it was sent (the documented `host -s <uuid> cat > FILE` writes on the device).
 * `parsed`: a shell before it takes one level of quotes away. `split`: it is parted at blanks and joined by one, so that
 * line breaks are lost.
 */
export type Passing = 'whole' | 'parsed' | 'split';

/** Comes out as `"a  b"`, `a  b` or `"a b"`. */
export const passingProbe = (uuid: string, mark: string): string => `host -s ${uuid} echo ${mark}='"a  b"'`;

/** How commands come through, and whether something speaks before them: `-s` may keep it still, which is not documented. */
export type Learnt = {readonly passing: Passing; readonly greeted: boolean};

/** What the probe's answer says; null where it is not there. */
export function learntOf(answer: string, mark: string): Learnt | null {
	const found = new RegExp(`${mark}=("?)a( +)b`).exec(answer);
	if (found === null) return null;
	const greeted = answer.slice(0, found.index).trim() !== '';
	if (found[1] === '') return {passing: 'parsed', greeted};
	return {passing: found[2] === ' ' ? 'split' : 'whole', greeted};
}

/** The command line for the proxy. */
export function hostLine(passing: Passing, uuid: string, command: string): string {
	const line = `host -s ${uuid} `;
	if (passing === 'whole') return line + command;
	if (passing === 'parsed') return line + quote(command);
	return `${line}eval "$(echo ${Buffer.from(command).toString('base64')} | base64 -d)"`;
}

/** Waits for lines on its stdin and gives them back: as long as it does the device is there, and stdin is forwarded. */
const ECHO =
	'printf "%s ready\\n" "$1"; while read -r x; do [ "$x" = stop ] && break; printf "%s %s\\n" "$1" "$x"; done; sleep 0.3 2>/dev/null';

export const echoCommand = (mark: string): string =>
	['exec', 'sh', '-c', ECHO, 'devtop-link', mark].map(quote).join(' ');
