/** Joins the session to transport/: how sources become command lines, and bytes units. */
import {randomBytes} from 'node:crypto';
import type {Wire} from '../session/connection.ts';
import {remoteCommand, STOP} from '../transport/command.ts';
import {framerFor} from '../transport/framing/framer.ts';
import {TerminalOutput} from '../transport/framing/terminal.ts';

export const wire: Wire = {
	command: remoteCommand,
	framer: framerFor,
	terminal: token => new TerminalOutput(token),
	stop: STOP,
	token: () => randomBytes(8).toString('hex'),
};
