// Serves the page, a folder that export wrote as model/, and ONNX Runtime Web as ort/.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TYPES = {
  '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm',
};

/** A server that listens on a port; 0 takes a free one. */
export function serve(model, port) {
  const folders = { model: resolve(model), ort: join(HERE, 'node_modules/onnxruntime-web/dist'), '': HERE };
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname)).replace(/^[/\\]/, '');
    const [first, ...rest] = path.split(sep);
    const inside = first in folders && first !== '';
    const root = folders[inside ? first : ''];
    const file = join(root, ...(inside ? rest : [path || 'index.html']));
    try {
      const { size } = file.startsWith(root) ? statSync(file) : {};
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-length': size });
      request.method === 'HEAD' ? response.end() : createReadStream(file).pipe(response);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise(done => server.listen(port, 'localhost', () => done(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await serve(process.argv[2] ?? 'model', Number(process.env.PORT ?? 8080));
  console.log(`http://localhost:${server.address().port}/`);
}
