/** Questions on the plain terminal, before the screen is taken. Where nobody can answer, there is nothing to ask with. */
import {createInterface} from 'node:readline';
import {Writable} from 'node:stream';
import {clean} from '../domain/text.ts';
import type {Questions} from '../transport/ssh/questions.ts';

/** A line that is shown while it is typed, or not (a secret). Null on EOF and Ctrl+C. */
function line(prompt: string, secret: boolean): Promise<string | null> {
	return new Promise(resolve => {
		let muted = false;
		const output = new Writable({
			write(chunk, _encoding, done) {
				if (!muted) process.stderr.write(chunk);
				done();
			},
		});
		const lines = createInterface({input: process.stdin, output, terminal: true});
		let answer: string | null = null;
		lines.on('close', () => {
			if (secret) process.stderr.write('\n');
			resolve(answer);
		});
		lines.on('SIGINT', () => lines.close());
		lines.question(prompt, given => {
			answer = given;
			lines.close();
		});
		muted = secret;
	});
}

/** A yes or a no; null where stdin is no terminal. */
export async function yes(prompt: string): Promise<boolean | null> {
	if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
	return /^y(?:es)?$/i.test((await line(clean(prompt), false))?.trim() ?? '');
}

/** Questions for as long as `open` says so; undefined where stdin is no terminal. */
export function questions(open: () => boolean): Questions | undefined {
	if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
	return {
		hostKey: async ({target, type, fingerprint}) => {
			if (!open()) return false;
			const answer = await line(
				`${target} is not known yet. Its ${type} key is\n  ${fingerprint}\nCompare it if you can. Go on, and remember it? (yes/no) `,
				false,
			);
			return answer?.trim().toLowerCase() === 'yes';
		},
		passphrase: async ({file, again}) =>
			open() ? await line(`${again ? 'That was not it. ' : ''}Passphrase of ${file}: `, true) : null,
		password: async ({target, prompt}) =>
			open() ? await line(`${clean(prompt).trim() || `Password of ${target}:`} `, true) : null,
	};
}
