// Runs the SQL statements on stdin (a JSON array) in one chdb session; prints their JSON answers as an array. The first
// that fails ends it, unless --continue is given: then {"error": …} is its answer.
import { readFileSync } from 'node:fs';
import { Session } from 'chdb';

const session = new Session();
const answers = JSON.parse(readFileSync(0, 'utf8')).map((statement) => {
  try {
    const text = String(session.query(statement, 'JSON'));
    return text === '' ? null : JSON.parse(text);
  } catch (error) {
    if (!process.argv.includes('--continue')) throw error;
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
session.close();
