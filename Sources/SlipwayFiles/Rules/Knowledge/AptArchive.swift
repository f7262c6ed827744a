// SPDX-License-Identifier: Apache-2.0

/// Which packages the archives of Debian and Ubuntu have.
///
/// Read in November 2026 from the lists of Packages of deb.debian.org (main) and archive.ubuntu.com (all four parts) with
/// their updates and fixes, for some 900 names that Dockerfiles install. A name that two packages provide is none: apt-get
/// refuses to choose.
enum AptArchive {
    /// A release, oldest first of each.
    enum Release: String, CaseIterable, Sendable { case bullseye, bookworm, trixie, jammy, noble }

    /// Whether the archive of the release is known to have no such package.
    static func lacks(_ package: String, in release: Release) -> Bool {
        releases[package].map { !$0.contains(release) } ?? false
    }

    /// What to install in its place; `nil` when nothing replaces it.
    static func successor(of package: String, in release: Release) -> String? {
        let name = successors[package] ?? (release == .jammy || release == .noble ? nil : ofDebian[package])
        return name.flatMap { lacks($0, in: release) ? nil : $0 }
    }

    private static let releases: [String: Set<Release>] = {
        var found: [String: Set<Release>] = [:]
        for (releases, names) in known {
            for name in names.split(separator: " ") { found[String(name)] = releases }
        }
        return found
    }()

    private static let successors = [
        "netcat": "netcat-openbsd", "libgl1-mesa-glx": "libgl1", "libegl1-mesa": "libegl1", "iproute": "iproute2",
        "libgdk-pixbuf2.0-0": "libgdk-pixbuf-2.0-0", "libgdk-pixbuf2.0-dev": "libgdk-pixbuf-2.0-dev",
        "python": "python3", "python-pip": "python3-pip", "python-dev": "python3-dev", "python-tk": "python3-tk",
        "python-setuptools": "python3-setuptools", "python-virtualenv": "python3-venv", "libncurses5": "libncurses6",
        "python3-distutils": "python3-setuptools", "python-opencv": "python3-opencv", "libaio1": "libaio1t64",
        "libasound2": "libasound2t64", "libtiff5": "libtiff6", "libssl1.1": "libssl3", "libssl1.0.0": "libssl3",
        "libffi6": "libffi8", "libffi7": "libffi8", "libwebp6": "libwebp7", "libpcre3": "libpcre2-8-0",
        "libpcre3-dev": "libpcre2-dev", "freeglut3": "libglut3.12", "policykit-1": "polkitd", "libtinfo5": "libtinfo6",
        "libodbc1": "libodbc2", "libappindicator1": "libayatana-appindicator3-1", "sqlite": "sqlite3",
        "ttf-freefont": "fonts-freefont-ttf", "ttf-dejavu": "fonts-dejavu", "ttf-liberation": "fonts-liberation",
        "libenchant1c2a": "libenchant-2-2", "libcurl3": "libcurl4", "libpng12-dev": "libpng-dev",
        "libpng12-0": "libpng16-16", "libav-tools": "ffmpeg", "libpango1.0-0": "libpango-1.0-0",
        "qt5-default": "qtbase5-dev",
        "youtube-dl": "yt-dlp", "libreadline7": "libreadline8", "libreadline6": "libreadline8",
        "build-base": "build-essential",
        "postgresql-dev": "libpq-dev", "jpeg-dev": "libjpeg-dev", "openssl-dev": "libssl-dev",
        "freetype-dev": "libfreetype-dev", "zlib-dev": "zlib1g-dev", "py3-pip": "python3-pip",
        "openssl-devel": "libssl-dev",
        "mariadb-connector-c-dev": "libmariadb-dev", "docker-ce": "docker.io", "docker-ce-cli": "docker.io",
        "su-exec": "gosu", "libatlas-base-dev": "libopenblas-dev", "lib32gcc1": "lib32gcc-s1",
        "libapache2-mod-wsgi": "libapache2-mod-wsgi-py3", "python-certbot-nginx": "python3-certbot-nginx",
        "postgresql-client-9.6": "postgresql-client", "postgresql-client-10": "postgresql-client",
        "postgresql-client-11": "postgresql-client", "postgresql-client-12": "postgresql-client",
        "postgresql-client-13": "postgresql-client", "postgresql-client-14": "postgresql-client",
        "postgresql-client-15": "postgresql-client", "postgresql-client-16": "postgresql-client",
        "postgresql-client-17": "postgresql-client", "postgresql-client-18": "postgresql-client",
        "openjdk-8-jdk": "default-jdk", "openjdk-11-jdk": "default-jdk", "openjdk-17-jdk": "default-jdk",
        "openjdk-21-jdk": "default-jdk", "openjdk-8-jre": "default-jre", "openjdk-11-jre": "default-jre",
        "openjdk-17-jre": "default-jre", "openjdk-21-jre": "default-jre",
        "openjdk-8-jre-headless": "default-jre-headless", "openjdk-11-jre-headless": "default-jre-headless",
        "openjdk-17-jre-headless": "default-jre-headless", "openjdk-21-jre-headless": "default-jre-headless",
        "openjdk-8-jdk-headless": "default-jdk-headless", "openjdk-11-jdk-headless": "default-jdk-headless",
        "openjdk-17-jdk-headless": "default-jdk-headless", "openjdk-21-jdk-headless": "default-jdk-headless",
        "firefox-esr": "firefox", "libjpeg62-turbo": "libjpeg-turbo8", "libjpeg62-turbo-dev": "libjpeg-turbo8-dev",
    ]
    private static let ofDebian = [
        "mysql-client": "default-mysql-client", "mysql-server": "default-mysql-server", "firefox": "firefox-esr",
        "libmysqlclient-dev": "default-libmysqlclient-dev", "chromium-browser": "chromium",
        "chromium-chromedriver": "chromium-driver", "libjpeg8": "libjpeg62-turbo", "libjpeg8-dev": "libjpeg-dev",
        "libjpeg-turbo8": "libjpeg62-turbo", "libjpeg-turbo8-dev": "libjpeg62-turbo-dev", "unrar": "unrar-free",
        "libmysqlclient21": "libmariadb3",
    ]

    /// Names that some release lacks, by the releases that have them.
    private static let known: [(Set<Release>, String)] = [
        (
            [],
            "build-base cassandra couchdb cuda-toolkit docker-ce docker-ce-cli elasticsearch g++-7 g++-8 gcc-7 gcc-8 "
                + "google-chrome-stable grafana heirloom-mailx iproute kibana lib32gcc1 libapache2-mod-wsgi "
                + "libav-tools libc6-compat libcudnn8 libcurl3 libdc1394-22 libdmtx0a libenchant1c2a libevent-2.1-6 "
                + "libffi6 libfreetype6-dbg libgdal20 libicu60 libicu63 libicu66 libjasper-dev libjasper1 "
                + "libjemalloc1 libmariadbclient-dev libmariadbclient18 libmysqlclient18 libmysqlclient20 "
                + "libpng12-0 libpng12-dev libqt4-dev libreadline-gplv2-dev libreadline6 libreadline7 libssl1.0-dev "
                + "libssl1.0.0 libtiff4-dev libvpx5 libx264-155 libxcrypt-dev logstash mongo-tools mongodb "
                + "mongodb-clients mongodb-org msodbcsql17 msodbcsql18 neo4j phantomjs php8.0 poetry "
                + "postgresql-client-10 postgresql-client-11 postgresql-client-12 postgresql-client-18 "
                + "postgresql-client-9.6 python-certbot-nginx python-opencv python-virtualenv python3-weasyprint "
                + "python3.6 python3.7 python3.8 python3.8-dev python3.8-distutils python3.8-venv qt4-default "
                + "qt5-default sbt su-exec terraform texlive-generic-extra ttf-dejavu ttf-freefont ttf-liberation "
                + "upstart uwsgi-plugin-python zlib-dev postgresql-dev jpeg-dev openssl-dev freetype-dev "
                + "mariadb-connector-c-dev py3-pip openssl-devel gcompat"
        ),
        (
            [.noble],
            "libicu74 libmagickwand-6.q16-7 php8.3 php8.3-cli php8.3-fpm postgresql-16 postgresql-client-16 "
                + "postgresql-server-dev-16 python3.12 python3.12-dev python3.12-venv"
        ),
        (
            [.jammy],
            "dotnet-runtime-6.0 dotnet-sdk-6.0 libavif13 libgdal30 libicu70 libproj22 libsqlite-dev lsb-core "
                + "php8.1 php8.1-cli php8.1-fpm postgresql-14 postgresql-client-14 postgresql-server-dev-14 "
                + "pstotext python-pip python3.10 python3.10-dev python3.10-distutils python3.10-venv ruby3.0 "
                + "sqlite telegraf"
        ),
        (
            [.trixie],
            "libicu76 php8.4 php8.4-cli php8.4-fpm postgresql-17 postgresql-client-17 "
                + "postgresql-server-dev-17 python3.13"
        ),
        (
            [.bookworm],
            "libavif15 libgdal32 libicu72 php8.2 php8.2-cli php8.2-fpm postgresql-15 postgresql-client-15 "
                + "postgresql-server-dev-15 ruby3.1"
        ),
        (
            [.bullseye],
            "julia libavresample-dev libdc1394-22-dev libgdal28 libgeos-3.9.0 libicu67 libldap-2.4-2 "
                + "liblttng-ust0 libproj19 libssl1.1 libvpx6 libwebp6 libx264-160 mariadb-client-10.5 php7.4 "
                + "php7.4-cli php7.4-fpm postgresql-13 postgresql-client-13 postgresql-server-dev-13 python "
                + "python-dev python3.9 python3.9-dev python3.9-distutils python3.9-venv ruby2.7 ttf-unifont"
        ),
        (
            [.jammy, .noble],
            "chromium-browser chromium-chromedriver dotnet-sdk-8.0 firefox libindicator7 libjpeg-turbo8 "
                + "libjpeg-turbo8-dev libjpeg62-dev libjpeg8 libjpeg8-dev libmysqlclient-dev libmysqlclient21 "
                + "libnvidia-ml-dev mysql-client mysql-server nvidia-cuda-toolkit openjdk-8-jdk "
                + "openjdk-8-jdk-headless openjdk-8-jre openjdk-8-jre-headless rar ttf-mscorefonts-installer unrar"
        ),
        (
            [.trixie, .noble],
            "gcc-13 libavif16 libgirepository-2.0-dev libvpx9"
        ),
        (
            [.bookworm, .jammy],
            "libldap-2.5-0 libvpx7 python3.11 python3.11-dev python3.11-distutils python3.11-venv"
        ),
        (
            [.bullseye, .jammy],
            "clang-11 freeglut3 libffi7 libtbb2 libtiff5 llvm-11 netcat python-setuptools python-tk python2 "
                + "python2-minimal python2.7"
        ),
        (
            [.trixie, .jammy, .noble],
            "openjdk-21-jdk openjdk-21-jdk-headless openjdk-21-jre openjdk-21-jre-headless"
        ),
        (
            [.bookworm, .jammy, .noble],
            "clang-14 g++-11 gcc-11 llvm-14"
        ),
        (
            [.bookworm, .trixie, .noble],
            "libharfbuzz-subset0 libtiff6 libx264-164 php-mcrypt util-linux-extra yq"
        ),
        (
            [.bullseye, .jammy, .noble],
            "g++-10 g++-9 gcc-10 gcc-9 openjdk-11-jdk openjdk-11-jdk-headless openjdk-11-jre "
                + "openjdk-11-jre-headless"
        ),
        (
            [.bullseye, .bookworm, .noble],
            "clang-16 llvm-16"
        ),
        (
            [.bullseye, .bookworm, .jammy],
            "gir1.2-webkit2-4.0 libaio1 libappindicator1 libargon2-0 libargon2-0-dev libegl1-mesa "
                + "libgconf-2-4 libgl1-mesa-glx libhdf5-103 libjavascriptcoregtk-4.0-dev libmagickcore-6.q16-6 "
                + "libmagickwand-6.q16-6 libncurses5 libncursesw5 libodbc1 libpango1.0-0 libtinfo5 "
                + "libwebkit2gtk-4.0-dev odbcinst1debian2 python3-distutils youtube-dl"
        ),
        (
            [.bullseye, .bookworm, .trixie],
            "firefox-esr libjpeg62-turbo libjpeg62-turbo-dev linux-headers-amd64 linux-perf"
        ),
        (
            [.bookworm, .trixie, .jammy, .noble],
            "g++-12 gcc-12 libffi8 liblttng-ust1 libsoup-3.0-0 libssl3 libwebkit2gtk-4.1-dev libwebp7 pipx "
                + "pkexec polkitd python3-poetry yt-dlp"
        ),
        (
            [.bullseye, .bookworm, .jammy, .noble],
            "fonts-kacst libatlas-base-dev libc-client-dev libfuse3-3 libgdk-pixbuf2.0-0 libgdk-pixbuf2.0-dev "
                + "libpcre3 libpcre3-dev libspatialindex6 libstdc++5 libzip4 neofetch openjdk-17-jdk "
                + "openjdk-17-jdk-headless openjdk-17-jre openjdk-17-jre-headless policykit-1 "
                + "software-properties-common unoconv wkhtmltopdf yarn"
        ),
        (
            [.bullseye, .bookworm, .trixie, .noble],
            "chromium"
        ),
        (
            [.bullseye, .bookworm, .trixie, .jammy],
            "awscli libasound2"
        ),
    ]
}
