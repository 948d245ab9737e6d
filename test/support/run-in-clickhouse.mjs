// Runs the SQL statements on stdin (a JSON array) in one chdb session; prints their JSON answers as an array.
import { readFileSync } from 'node:fs';
import { Session } from 'chdb';

const session = new Session();
const answers = JSON.parse(readFileSync(0, 'utf8')).map((statement) => {
  const text = String(session.query(statement, 'JSON'));
  return text === '' ? null : JSON.parse(text);
});
process.stdout.write(JSON.stringify(answers));
session.close();
