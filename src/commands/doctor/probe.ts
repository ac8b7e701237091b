/** Tries what devtop builds on: that a command runs, that its code comes, that it hears us, that five of them run at once. */
import {type Channel, type Failure, isFailure, type StreamEnd, type Transport} from '../../domain/channel.ts';
import {everything} from '../../domain/source.ts';
import {clean, shorten} from '../../domain/text.ts';
import {Connection, ended, type Running, type Wire} from '../../session/connection.ts';
import {doctorEcho, doctorShell, SHELL_CODE} from '../../sources/doctor.ts';
import {cutTrailer} from '../../transport/framing/trailer.ts';
import {broken, type Line, limit, well} from './trouble.ts';

/** A login that starts a slow shell; a device that is busy. */
const ANSWER_MS = 30_000;
const ECHO_MS = 10_000;
/** Where the road cuts ends. */
const TRIES = 6;
/** What a session has open at most, but for actions: ARCHITECTURE.md, "Budget". */
const SESSIONS = 5;

const ask = {scope: everything};

type Answer = {
	readonly out: string;
	readonly err: string;
	readonly end: StreamEnd | null;
	readonly status: number | null | undefined;
};

/** All that a channel says until it ends, or its time is over. */
function answerOf(channel: Channel, limitMs: number): Promise<Answer> {
	return new Promise(resolve => {
		let out = '';
		let err = '';
		const settle = (end: StreamEnd | null): void => {
			clearTimeout(timer);
			resolve({out, err, end, status: channel.status?.()});
		};
		const timer = setTimeout(() => {
			settle(null);
			channel.close();
		}, limitMs);
		channel.read({
			out: bytes => {
				if (out.length < 100_000) out += Buffer.from(bytes).toString('utf8');
			},
			err: bytes => {
				if (err.length < 10_000) err += Buffer.from(bytes).toString('utf8');
			},
			end: settle,
		});
	});
}

const quoted = (text: string): string => `“${shorten(clean(text.replaceAll(/\s+/g, ' ')).trim(), 70)}”`;

/** The login shell, and whether its exit codes are true. */
export async function shellLines(transport: Transport, wire: Wire): Promise<readonly Line[] | Failure> {
	const began = performance.now();
	let token = '';
	let answer: Answer | null = null;
	for (let tries = transport.way?.cutsEnds ? TRIES : 1; tries > 0; tries--) {
		token = wire.token();
		const channel = await transport.open(wire.command(doctorShell.mode, doctorShell.argv(ask), token));
		if (isFailure(channel)) return channel;
		answer = await answerOf(channel, ANSWER_MS);
		if (cutTrailer(answer.out, token).code !== null) break;
	}
	const {out, err, end, status} = answer ?? {out: '', err: '', end: null, status: null};
	const ms = performance.now() - began;
	const {before, code} = cutTrailer(out, token);
	const begin = `__DEVTOP_${token} begin 0\n`;
	const at = before.lastIndexOf(begin);
	const base = {id: 'shell', title: 'shell', ms} as const;
	if (at < 0) {
		const said = `${out} ${err}`.trim();
		return [
			broken(
				base,
				end === null
					? `no answer within ${ANSWER_MS / 1000} s`
					: said === ''
						? 'it ended without a word'
						: `it says ${quoted(said)}`,
				{
					case: 'no-shell',
					wrong: `The login works, but the login shell runs no commands${said === '' ? '' : ` (it says ${quoted(said)})`}.`,
					todo: 'Is the login meant for commands? Look at its shell in /etc/passwd, at ForceCommand in its sshd_config, and at command= in its authorized_keys.',
				},
			),
		];
	}
	const shell = /^shell (\S+)$/m.exec(before.slice(at))?.[1] ?? '';
	const name = shell === '' ? 'commands run' : `commands run (login shell ${clean(shell)})`;
	const noise = `${before.slice(0, at)}${err}`.trim();
	const lines: Line[] = [
		noise === ''
			? well('shell', 'shell', ms, name)
			: limit(base, `${name}; before every answer stands ${quoted(noise)}`, {
					case: 'banner-in-output',
					wrong: 'The login shell prints something by itself before every command’s output.',
					todo: 'On the device, let ~/.bashrc, ~/.profile or /etc/profile print only where somebody types: case $- in *i*) ;; *) return ;; esac',
				}),
	];
	if (code === null)
		lines.push(
			limit({id: 'exit-codes', title: 'exit codes', ms: null}, 'the last bytes of the answer did not come', {
				case: 'ends-cut',
				wrong: 'This road cuts the last bytes of what a command says.',
				todo: 'Look again; where it stays so, take another road to this device.',
			}),
		);
	else if (status === undefined || status === null)
		lines.push(well('exit-codes', 'exit codes', null, 'told within the stream; SSH itself tells none here'));
	else if (status === code && code === SHELL_CODE) lines.push(well('exit-codes', 'exit codes', null, 'true'));
	else
		lines.push(
			limit(
				{id: 'exit-codes', title: 'exit codes', ms: null},
				`untrue: a command ended with ${code}, and SSH says ${status}`,
				{
					case: 'exit-codes-untrue',
					wrong: 'SSH does not tell on this road how a command ended.',
					todo: 'devtop reads it within the stream; do not trust the exit codes of ssh and scp here.',
				},
			),
		);
	return lines;
}

/** Resolves when it is so, or the time is over. */
async function until(so: () => boolean, limitMs: number): Promise<boolean> {
	const began = performance.now();
	while (!so() && performance.now() - began < limitMs) await new Promise(resolve => setTimeout(resolve, 10));
	return so();
}

/** Whether a command hears what is written to it, and how many run at once. All of them are told to end. */
export async function channelLines(
	transport: Transport,
	wire: Wire,
	echoMs: number = ECHO_MS,
): Promise<readonly Line[]> {
	let channels = 0;
	const connection = new Connection(
		transport,
		wire,
		() => {},
		() => ++channels,
	);
	const began = performance.now();
	const first = await connection.open(doctorEcho, ask);
	if (isFailure(first))
		return [
			broken({id: 'stdin', title: 'stdin', ms: performance.now() - began}, first.message, {
				case: 'no-channel',
				wrong: first.message,
				todo: '',
			}),
		];
	const echoed = async (running: Running): Promise<boolean> => {
		running.write('1\n');
		let over = false;
		void running.exit.then(() => {
			over = true;
		});
		return (await until(() => running.answered() === 1 || over, echoMs)) && running.answered() === 1;
	};
	const heard = await echoed(first);
	const stdinMs = performance.now() - began;
	const open = [first];
	const end = async (): Promise<void> => {
		for (const running of open) {
			running.stop();
			if (!heard) running.close();
		}
		await Promise.all(open.map(ended));
	};
	if (!heard) {
		await end();
		return [
			broken(
				{id: 'stdin', title: 'stdin', ms: stdinMs},
				`what is written to a command did not come back within ${echoMs / 1000} s`,
				{
					case: 'stdin-not-forwarded',
					wrong:
						'What is written to a command does not reach it on this road, so nothing can be asked again, and nothing ended there.',
					todo: 'Take another road to this device: its own address, or the tunnel. With ssh -n or a ForceCommand on the way, take that away.',
				},
			),
		];
	}
	const sessionsBegan = performance.now();
	let refused: Failure | null = null;
	while (open.length < SESSIONS && refused === null) {
		const next = await connection.open(doctorEcho, ask);
		if (isFailure(next)) refused = next;
		else open.push(next);
	}
	const sessionsMs = performance.now() - sessionsBegan;
	const many = open.length;
	await end();
	return [
		well('stdin', 'stdin', stdinMs, 'commands hear what is written to them'),
		refused === null
			? well('sessions', 'sessions', sessionsMs, `${SESSIONS} commands run at once`)
			: limit({id: 'sessions', title: 'sessions', ms: sessionsMs}, `${many} at once, of ${SESSIONS} that are needed`, {
					case: 'few-sessions',
					wrong: `The SSH server allows ${many} ${many === 1 ? 'command' : 'commands'} at once over one connection (MaxSessions), where devtop needs ${SESSIONS}: some panes stay empty.`,
					todo: `Set MaxSessions to 10 in the sshd_config of the device, and close other sessions over this connection.`,
				}),
	];
}
