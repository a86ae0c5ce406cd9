// Where no web process takes connections: the request waits until one is ready, instead of failing.
//
// `docker-compose up -d` stops the old web process before it starts the new. Nothing of the request was sent by then, so
// that an order that waits is placed once.
const SECONDS = 60;
const PAUSE_SECONDS = 0.5;

async function wait(request) {
    if (/\d/.test(request.variables.upstream_connect_time)) {
        request.internalRedirect('@sorry'); // somebody took it and was lost: it may have had its effect
        return;
    }
    const until = Date.now() + SECONDS * 1000;
    while (!(await is_ready())) {
        if (Date.now() > until) {
            request.internalRedirect('@sorry');
            return;
        }
        await new Promise((resume) => setTimeout(resume, PAUSE_SECONDS * 1000));
    }
    request.internalRedirect('@again');
}

async function is_ready() {
    try {
        return (await ngx.fetch('http://web:8000/readyz/')).ok;
    } catch (error) {
        return false;
    }
}

export default { wait };
