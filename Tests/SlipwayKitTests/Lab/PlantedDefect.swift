// SPDX-License-Identifier: Apache-2.0

/// One thing that was made wrong on purpose, and how the proof for it must show it.
struct PlantedDefect {
    let code: String
    let service: String?
    let what: String
    /// A text that the measured value or the evidence must hold.
    let shows: String

    init(_ code: String, _ service: String?, _ what: String, shows: String = "") {
        self.code = code
        self.service = service
        self.what = what
        self.shows = shows
    }

    static let ofCarelessApp = [
        PlantedDefect("PR002", "api", "the source is copied before dependencies are installed", shows: "npm ci"),
        PlantedDefect("PR003", "web", "a film of 60 MB", shows: "film.mp4"),
        PlantedDefect("PR004", "api", "a file that a later layer deletes", shows: "cache.bin"),
        PlantedDefect("PR005", "api", "an ssh key in the image", shows: "an ssh key"),
        PlantedDefect("PR005", "api", "a file of variables in the image", shows: "a file of variables"),
        PlantedDefect("PR005", "api", "git's data in the image", shows: "git's own data"),
        PlantedDefect("PR005", "api", "what npm keeps for the next time", shows: "npm's cache"),
        PlantedDefect("PR006", "api", "a private key in a layer", shows: "a private key"),
        PlantedDefect("PR006", "api", "a value of .env in a layer", shows: "must stay out of images"),
        PlantedDefect("PR007", "api", "a secret in ENV", shows: "API_SECRET"),
        PlantedDefect("PR008", "api", "a set-user-ID program", shows: "/usr/local/bin/helper"),
        PlantedDefect("PR009", "api", "no USER", shows: "none"),
        PlantedDefect("PR009", "web", "no USER in the front end's image"),
        PlantedDefect("PR011", "api", "it runs as root", shows: "uid 0"),
        PlantedDefect("PR011", "web", "nginx runs as root", shows: "uid 0"),
        PlantedDefect("PR012", "api", "it writes beside its code", shows: "does not come up"),
        PlantedDefect("PR013", "api", "a declared folder is missing", shows: "refused: /app/uploads"),
        PlantedDefect("PR013", "api", "its code can be written", shows: "writable: /app"),
        PlantedDefect("PR014", "api", "the entry point loses a variable", shows: "set and not there: GREETING"),
        PlantedDefect("PR018", "web", "no health check", shows: "no health check"),
        PlantedDefect("PR019", "db", "the database is published", shows: "5432"),
        PlantedDefect("PR020", "web", "no route of the browser application", shows: "/trial"),
        PlantedDefect("PR021", "web", "the page is cached for a day", shows: "86400"),
        PlantedDefect("PR022", "web", "no security header", shows: "X-Content-Type-Options"),
        PlantedDefect("PR023", "web", "no compression", shows: "not encoded"),
        PlantedDefect("PR025", "api", "the gateway answers for the back end", shows: "GET /api"),
        PlantedDefect("PR027", "api", "uploads over one megabyte are refused"),
        PlantedDefect("PR028", "api", "the password is in the log", shows: "DB_PASSWORD"),
        PlantedDefect("PR031", "api", "a health check that is always true", shows: "stays healthy"),
        PlantedDefect("PR032", "api", "SIGTERM is swallowed", shows: "137"),
        PlantedDefect("PR033", "api", "nobody restarts it", shows: "does not come back"),
        PlantedDefect("PR033", "db", "nobody restarts the database", shows: "does not come back"),
        PlantedDefect("PR034", "api", "its folder for uploads is not there", shows: "cannot be written"),
        PlantedDefect("PR034", "db", "data beside the volume", shows: "the row is gone"),
        PlantedDefect("PR035", "api", "no memory limit"),
    ]

    static let ofNeglectedApp = [
        PlantedDefect("PR015", "api", "a required secret has a default", shows: "runs without it"),
        PlantedDefect("PR016", "admin", "it listens on its own loopback only", shows: "127.0.0.1:4000"),
        PlantedDefect("PR017", "api", "the port's variable is not read", shows: "listens on 3000"),
        PlantedDefect("PR018", "api", "the check is true while the probe fails", shows: "probe 503"),
        PlantedDefect("PR024", "web", "the page in place of a missing script", shows: "200 text/html"),
        PlantedDefect("PR026", "api", "the gateway hands no upgrade on", shows: "direct 101"),
        PlantedDefect("PR027", "api", "the gateway takes one megabyte of an upload", shows: "413"),
        PlantedDefect("PR028", "admin", "it logs nothing", shows: "0 lines"),
        PlantedDefect("PR029", "api", "the service it needs is on another network", shows: "admin is not found"),
        PlantedDefect("PR030", "migrate", "migrations fail the second time", shows: "again"),
        PlantedDefect("PR032", "admin", "it ends with an error at SIGTERM", shows: "exit code 3"),
    ]
}
