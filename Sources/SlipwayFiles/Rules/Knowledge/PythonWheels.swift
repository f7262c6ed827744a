// SPDX-License-Identifier: Apache-2.0

/// Which Pythons a pinned version of a compiled package was made for.
///
/// The first version of each package on pypi.org with a wheel for CPython 3.11, 3.12, 3.13 and 3.14 on 64-bit Linux
/// (pypi.org/simple, November 2026). An older one has to be compiled, and mostly cannot be: the interpreter's own
/// interface changed.
package enum PythonWheels {
    private static let first: [String: [String]] = [
        "aiohttp": ["3.8.2", "3.9.0", "3.10.5", "3.13.0"], "asyncpg": ["0.27.0", "0.29.0", "0.30.0", "0.31.0"],
        "cffi": ["1.15.1", "1.16.0", "1.17.0", "2.0.0"], "frozenlist": ["1.3.3", "1.4.1", "1.5.0", "1.8.0"],
        "gevent": ["22.10.1", "23.7.0", "24.10.1", "25.8.1"], "greenlet": ["1.1.3", "3.0.0", "3.1.0", "3.2.3"],
        "grpcio": ["1.49.0", "1.59.0", "1.66.2", "1.75.1"], "hiredis": ["2.1.0", "2.3.2", "3.1.0", "3.3.0"],
        "httptools": ["0.5.0", "0.6.1", "0.6.2", "0.7.1"], "lxml": ["4.9.1", "4.9.3", "5.3.0", "6.0.1"],
        "matplotlib": ["3.6.0", "3.7.3", "3.9.2", "3.10.5"], "multidict": ["6.0.3", "6.0.5", "6.1.0", "6.7.0"],
        "numpy": ["1.23.2", "1.26.0", "2.1.0", "2.3.2"], "orjson": ["3.7.7", "3.9.3", "3.10.7", "3.11.1"],
        "pandas": ["1.5.0", "2.1.1", "2.2.3", "2.3.3"], "pendulum": ["3.0.0", "3.0.0", "3.1.0", "3.2.0"],
        "pillow": ["9.2.0", "10.0.0", "10.4.0", "11.3.0"],
        "psycopg-binary": ["3.1.4", "3.1.12", "3.2.2", "3.2.10"],
        "psycopg2-binary": ["2.9.5", "2.9.9", "2.9.10", "2.9.11"],
        "pydantic-core": ["0.7.0", "2.1.2", "2.20.0", "2.35.0"], "pyyaml": ["6.0", "6.0.1", "6.0.2", "6.0.3"],
        "pyzmq": ["23.2.1", "25.1.1", "26.1.0", "27.0.0"], "rapidfuzz": ["2.5.0", "2.15.2", "3.9.6", "3.14.0"],
        "scikit-learn": ["1.1.3", "1.3.1", "1.5.2", "1.7.2"], "scipy": ["1.9.2", "1.11.2", "1.14.1", "1.16.1"],
        "shapely": ["1.8.5", "2.0.2", "2.0.6", "2.1.2"], "tiktoken": ["0.1.1", "0.5.2", "0.8.0", "0.12.0"],
        "tokenizers": ["0.13.2", "0.14.0", "0.15.1", "0.20.4"], "ujson": ["5.5.0", "5.8.0", "5.10.0", "5.11.0"],
        "uvloop": ["0.17.0", "0.18.0", "0.21.0", "0.22.1"],
    ]
    private static let minors = [11, 12, 13, 14]

    /// The newest minor version of Python 3 that the pinned version of a package has wheels for; `nil` for packages that
    /// need no compiler or whose every version of the last years fits.
    ///
    /// - Parameters:
    ///   - package: In PyPI's normal form: `psycopg2-binary`.
    ///   - version: `2.9.9`
    package static func newestMinor(of package: String, _ version: String) -> Int? {
        guard let row = first[package], let own = numbers(version) else { return nil }
        guard
            let place = row.lastIndex(where: { start in
                numbers(start).map { !own.lexicographicallyPrecedes($0) } ?? false
            })
        else {
            // Made before 3.11; 3.10 has been there since 2021.
            return 10
        }
        return place == minors.count - 1 ? nil : minors[place]
    }

    /// The first version of a package with a wheel for Python 3.`minor`.
    static func first(of package: String, minor: Int) -> String? {
        minors.firstIndex(of: minor).flatMap { first[package]?[$0] }
    }

    /// `[2, 9, 9]`; `nil` for what is no release: `2.9.*`, `3.0rc1`.
    private static func numbers(_ version: String) -> [Int]? {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        let known = parts.compactMap { $0 }
        guard known.count == parts.count, !known.isEmpty else { return nil }
        return known + Array(repeating: 0, count: max(0, 3 - known.count))
    }
}
