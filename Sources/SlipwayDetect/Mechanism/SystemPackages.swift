// SPDX-License-Identifier: Apache-2.0

/// What libraries expect the operating system to bring, as Debian packages.
enum SystemPackages {
    struct Need: Sendable {
        var run: [String]
        var build: [String]
        /// Where it is written.
        var source: String
        /// With one of these extras the wheel carries the library.
        var freeingExtras: Set<String> = []

        func isMetByExtras(_ extras: [String]) -> Bool { !freeingExtras.isDisjoint(with: extras) }
    }

    /// By normalised name on PyPI. Only packages whose wheels do not carry what they need.
    static let python: [String: Need] = [
        "psycopg2": Need(
            run: ["libpq5"], build: ["gcc", "libpq-dev", "python3-dev"],
            source: "psycopg.org/docs/install.html, Build prerequisites"),
        "psycopg": Need(
            run: ["libpq5"], build: [], source: "psycopg.org/psycopg3/docs/basic/install.html",
            freeingExtras: ["binary"]),
        "mysqlclient": Need(
            run: ["libmariadb3"], build: ["default-libmysqlclient-dev", "gcc", "pkg-config", "python3-dev"],
            source: "github.com/PyMySQL/mysqlclient, README"),
        "mariadb": Need(
            run: ["libmariadb3"], build: ["gcc", "libmariadb-dev"],
            source: "mariadb-corporation.github.io/mariadb-connector-python/install.html"),
        "python-magic": Need(run: ["libmagic1"], build: [], source: "github.com/ahupp/python-magic, README"),
        "pdf2image": Need(run: ["poppler-utils"], build: [], source: "github.com/Belval/pdf2image, README"),
        "pdftotext": Need(
            run: ["libpoppler-cpp0v5"], build: ["build-essential", "libpoppler-cpp-dev", "pkg-config", "python3-dev"],
            source: "github.com/jalan/pdftotext, README"),
        "pytesseract": Need(run: ["tesseract-ocr"], build: [], source: "github.com/madmaze/pytesseract, README"),
        "ocrmypdf": Need(
            run: ["ghostscript", "tesseract-ocr"], build: [], source: "ocrmypdf.readthedocs.io, Installing"),
        "weasyprint": Need(
            run: ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"], build: [],
            source: "doc.courtbouillon.org/weasyprint, First Steps"),
        "xhtml2pdf": Need(
            run: ["libcairo2"], build: ["libcairo2-dev", "pkg-config"], source: "github.com/xhtml2pdf/xhtml2pdf, README"
        ),
        "pycairo": Need(
            run: ["libcairo2"], build: ["gcc", "libcairo2-dev", "pkg-config", "python3-dev"],
            source: "pycairo.readthedocs.io, Getting Started"),
        "cairosvg": Need(run: ["libcairo2"], build: [], source: "cairosvg.org/documentation"),
        "opencv-python": Need(
            run: ["libgl1", "libglib2.0-0"], build: [], source: "github.com/opencv/opencv-python, README on headless"),
        "opencv-contrib-python": Need(
            run: ["libgl1", "libglib2.0-0"], build: [], source: "github.com/opencv/opencv-python, README on headless"),
        "pydub": Need(run: ["ffmpeg"], build: [], source: "github.com/jiaaro/pydub, README"),
        "ffmpeg-python": Need(run: ["ffmpeg"], build: [], source: "github.com/kkroening/ffmpeg-python, README"),
        "openai-whisper": Need(run: ["ffmpeg"], build: [], source: "github.com/openai/whisper, README"),
        "soundfile": Need(run: ["libsndfile1"], build: [], source: "python-soundfile.readthedocs.io, Installation"),
        "pyzbar": Need(run: ["libzbar0"], build: [], source: "github.com/NaturalHistoryMuseum/pyzbar, README"),
        "python-ldap": Need(
            run: ["libldap-2.5-0", "libsasl2-2"], build: ["gcc", "libldap2-dev", "libsasl2-dev", "python3-dev"],
            source: "python-ldap.org, Installing"),
        "xmlsec": Need(
            run: ["libxmlsec1-openssl"], build: ["gcc", "libxml2-dev", "libxmlsec1-dev", "pkg-config"],
            source: "github.com/xmlsec/python-xmlsec, README"),
        "python3-saml": Need(
            run: ["libxmlsec1-openssl"], build: ["gcc", "libxml2-dev", "libxmlsec1-dev", "pkg-config"],
            source: "github.com/SAML-Toolkits/python3-saml, README"),
        "pyodbc": Need(
            run: ["unixodbc"], build: ["g++", "unixodbc-dev"], source: "github.com/mkleehammer/pyodbc/wiki/Install"),
        "gdal": Need(run: ["libgdal32"], build: ["g++", "libgdal-dev"], source: "gdal.org, Python bindings"),
        "pygraphviz": Need(
            run: ["graphviz"], build: ["gcc", "libgraphviz-dev"], source: "pygraphviz.github.io, Install"),
        "graphviz": Need(run: ["graphviz"], build: [], source: "graphviz.readthedocs.io, Installation"),
        "pypandoc": Need(run: ["pandoc"], build: [], source: "github.com/JessicaTegner/pypandoc, README"),
        "pdfkit": Need(run: ["wkhtmltopdf"], build: [], source: "github.com/JazzCore/python-pdfkit, README"),
        "imgkit": Need(run: ["wkhtmltopdf"], build: [], source: "github.com/jarrekk/imgkit, README"),
        "camelot-py": Need(
            run: ["ghostscript"], build: [], source: "camelot-py.readthedocs.io, Installation of dependencies"),
        "unstructured": Need(
            run: ["libmagic1", "poppler-utils", "tesseract-ocr"], build: [],
            source: "docs.unstructured.io, Full installation"),
        "pylibmc": Need(
            run: ["libmemcached11"], build: ["gcc", "libmemcached-dev", "zlib1g-dev"],
            source: "sendapatch.se/projects/pylibmc/install.html"),
        "uwsgi": Need(run: [], build: ["gcc", "python3-dev"], source: "uwsgi-docs.readthedocs.io, Quickstart"),
        "dlib": Need(run: [], build: ["cmake", "g++"], source: "github.com/davisking/dlib, README"),
        "portaudio": Need(run: ["libportaudio2"], build: ["portaudio19-dev"], source: "portaudio.com"),
        "pyaudio": Need(
            run: ["libportaudio2"], build: ["gcc", "portaudio19-dev"], source: "people.csail.mit.edu/hubert/pyaudio"),
    ]

    /// Programs that code calls, with the package that brings them (packages.debian.org, Contents).
    static let programs: [String: String] = [
        "pdftotext": "poppler-utils", "pdftoppm": "poppler-utils", "pdfinfo": "poppler-utils",
        "pdftocairo": "poppler-utils",
        "pdfimages": "poppler-utils", "tesseract": "tesseract-ocr", "ffmpeg": "ffmpeg", "ffprobe": "ffmpeg",
        "gs": "ghostscript",
        "convert": "imagemagick", "identify": "imagemagick", "libreoffice": "libreoffice-core",
        "soffice": "libreoffice-core",
        "pandoc": "pandoc", "wkhtmltopdf": "wkhtmltopdf", "git": "git", "curl": "curl", "wget": "wget",
        "pg_dump": "postgresql-client",
        "psql": "postgresql-client", "pg_restore": "postgresql-client", "mysqldump": "default-mysql-client",
        "redis-cli": "redis-tools", "dot": "graphviz",
        "unzip": "unzip", "zip": "zip", "rsync": "rsync", "ssh": "openssh-client", "qpdf": "qpdf",
        "exiftool": "libimage-exiftool-perl",
        "antiword": "antiword", "catdoc": "catdoc", "sox": "sox", "yt-dlp": "yt-dlp", "file": "file",
        "xmllint": "libxml2-utils",
    ]
}
