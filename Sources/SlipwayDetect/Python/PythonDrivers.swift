// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which driver an address must name for SQLAlchemy, which takes it from what stands before `://`.
///
/// Without a name it takes the database's usual one, and that is not always the one that is installed:
/// `postgresql://` is psycopg2 up to version 2.0 and psycopg 3 from 2.1 on (docs.sqlalchemy.org/en/21/changelog/
/// migration_21.html), `mysql://` is mysqlclient (docs.sqlalchemy.org/en/20/dialects/mysql.html).
struct PythonDrivers {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    private static let libraries: Set<String> = [
        "sqlalchemy", "flask-sqlalchemy", "sqlmodel", "alembic", "flask-migrate", "advanced-alchemy",
        "fastapi-users-db-sqlalchemy", "sqlalchemy-utils",
    ]
    /// With these the code looks at the address itself, or hands it to something that knows no driver in it.
    private static let handles = [
        "psycopg2.connect(", "psycopg.connect(", "asyncpg.connect(", "asyncpg.create_pool(", "ConnectionPool(",
        "pymysql.connect(", ".replace(\"postgres", ".replace('postgres", ".replace(\"mysql", ".replace('mysql",
        "startswith(\"postgres", "startswith('postgres", "startswith(\"mysql", "startswith('mysql", "make_url(",
        "dj_database_url", "drivername", "\"postgresql+", "'postgresql+", "\"mysql+", "'mysql+",
    ]

    /// Notes the driver at the variables that hold the address of a database and say none.
    func name(in spec: inout AppSpec) {
        let databases = spec.resources.filter { [.postgres, .mysql, .mariadb].contains($0.kind) }
        guard !databases.isEmpty else { return }
        for index in spec.variables.indices {
            let variable = spec.variables[index]
            for resource in databases
            where variable.isAddress(of: resource) || AddressName.isUsual(variable.name, for: resource.kind) {
                if let stated = variable.addressExample, AddressForm.isAddress(stated, of: resource.kind),
                    AddressForm.scheme(of: stated)?.contains("+") == true
                {
                    continue
                }
                let readers = spec.services.filter {
                    variable.services.contains($0.name) && $0.uses.contains(resource.name)
                }
                let schemes = Set(
                    readers.flatMap { service in
                        stated(variable.name, of: resource.kind, for: service).map { [$0] }
                            ?? scheme(of: resource.kind, for: service)
                    })
                if schemes.count == 1 { spec.variables[index].scheme = schemes.first }
            }
        }
    }

    /// What the repository's own template begins the address with, where that driver is installed: the code may take no
    /// other one.
    private func stated(_ name: String, of kind: Resource.Kind, for service: Service) -> String? {
        guard service.language == "python",
            let value = TemplateValues(near: service.directory, repository.tree).value(of: name),
            AddressForm.isAddress(value, of: kind), let scheme = AddressForm.scheme(of: value),
            let driver = scheme.split(separator: "+").dropFirst().first
        else { return nil }
        let isInstalled = repository.python.contains { project in
            (project.directory == service.directory || repository.startFolder(of: project) == service.directory)
                && project.dependencies.contains { own in
                    let name = own.name.replacing("-", with: "")
                    return name.hasPrefix(driver) && name.dropFirst(driver.count).first?.isNumber != true
                }
        }
        return isInstalled ? scheme : nil
    }

    private func scheme(of kind: Resource.Kind, for service: Service) -> [String] {
        guard service.language == "python" else { return [] }
        return repository.python.filter {
            $0.directory == service.directory || repository.startFolder(of: $0) == service.directory
        }.compactMap { scheme(of: kind, in: $0) }
    }

    private func scheme(of kind: Resource.Kind, in project: PythonProject) -> String? {
        let installed = Set(project.dependencies.map(\.name))
        guard !installed.isDisjoint(with: Self.libraries), !holds(Self.handles, project) else { return nil }
        let isAsync = holds(["create_async_engine(", "async_engine_from_config(", "AsyncEngine("], project)
        let isSync = holds(["create_engine(", "engine_from_config(", "SQLAlchemy(", "init_engine("], project)
        let isThirdAlone =
            !installed.isDisjoint(with: ["psycopg", "psycopg-binary"])
            && installed.isDisjoint(with: ["psycopg2", "psycopg2-binary", "asyncpg", "pg8000"])
        // psycopg 3 serves both kinds of engines under one name.
        if kind == .postgres, isThirdAlone { return "postgresql+psycopg" }
        // Two engines want two addresses, and no variable says which of them it is.
        guard !(isAsync && isSync) else { return nil }
        if kind == .postgres {
            return isAsync ? asyncPostgres(installed) : postgres(installed, project)
        }
        let drivers =
            isAsync
            ? ["aiomysql": "mysql+aiomysql", "asyncmy": "mysql+asyncmy"]
            : installed.contains("mysqlclient")
                ? [:]
                : [
                    "pymysql": "mysql+pymysql", "mysql-connector-python": "mysql+mysqlconnector",
                    "mariadb": "mariadb+mariadbconnector",
                ]
        let fitting = drivers.filter { installed.contains($0.key) }
        return fitting.count == 1 ? fitting.first?.value : nil
    }

    private func asyncPostgres(_ installed: Set<String>) -> String? {
        if installed.contains("asyncpg") { return "postgresql+asyncpg" }
        return installed.isDisjoint(with: ["psycopg", "psycopg-binary"]) ? nil : "postgresql+psycopg"
    }

    private func postgres(_ installed: Set<String>, _ project: PythonProject) -> String? {
        let isSecond = !installed.isDisjoint(with: ["psycopg2", "psycopg2-binary"])
        let isThird = !installed.isDisjoint(with: ["psycopg", "psycopg-binary"])
        if isSecond, isThird { return nil }
        if isSecond { return takesThird(project) ? "postgresql+psycopg2" : nil }
        if isThird { return "postgresql+psycopg" }
        return installed.contains("pg8000") ? "postgresql+pg8000" : nil
    }

    /// Whether SQLAlchemy 2.1 or a later one may be installed.
    private func takesThird(_ project: PythonProject) -> Bool {
        guard let own = project.dependencies.first(where: { $0.name == "sqlalchemy" }) else { return true }
        return !own.specifier.split(separator: ",").contains { part in
            let numbers = part.drop { !$0.isNumber }.split(separator: ".")
            let version = numbers.prefix(2).map { Int($0) ?? 0 }
            let isBefore = version.lexicographicallyPrecedes([2, 1])
            // `~=2.0` lets 2.1 in, `~=2.0.3` does not.
            if part.hasPrefix("==") || part.hasPrefix("~=") && numbers.count > 2 { return isBefore }
            return part.hasPrefix("<") && (isBefore || version == [2, 1])
        }
    }

    private func holds(_ words: [String], _ project: PythonProject) -> Bool {
        let tree = project.modules.tree
        let prefix = project.directory == "." ? "" : project.directory + "/"
        return tree.files(ending: [".py"], holding: words, smallerThan: 200_000).contains {
            $0.path.hasPrefix(prefix) && !PythonAddresses.isForTests($0.path)
        }
    }
}
