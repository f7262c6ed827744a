// SPDX-License-Identifier: Apache-2.0

/// Web frameworks whose application object is made by a call.
struct PythonFramework: Equatable, Sendable {
    enum Interface: Sendable { case asgi, wsgi }

    let name: String
    let interface: Interface
    /// The port that the framework's own documentation uses; 8000 for most ASGI servers (uvicorn's default).
    let usualPort: UInt16

    /// By the qualified name of the constructor.
    static let constructors: [String: PythonFramework] = {
        let fastapi = Self(name: "fastapi", interface: .asgi, usualPort: 8000)
        let starlette = Self(name: "starlette", interface: .asgi, usualPort: 8000)
        let litestar = Self(name: "litestar", interface: .asgi, usualPort: 8000)
        let flask = Self(name: "flask", interface: .wsgi, usualPort: 5000)
        let quart = Self(name: "quart", interface: .asgi, usualPort: 5000)
        let falcon = Self(name: "falcon", interface: .wsgi, usualPort: 8000)
        let bottle = Self(name: "bottle", interface: .wsgi, usualPort: 8080)
        let blacksheep = Self(name: "blacksheep", interface: .asgi, usualPort: 8000)
        let fasthtml = Self(name: "fasthtml", interface: .asgi, usualPort: 5001)
        return [
            "fastapi.FastAPI": fastapi, "fastapi.applications.FastAPI": fastapi,
            "starlette.applications.Starlette": starlette, "litestar.Litestar": litestar,
            "litestar.app.Litestar": litestar,
            "flask.Flask": flask, "flask.app.Flask": flask, "apiflask.APIFlask": flask, "flask_openapi3.OpenAPI": flask,
            "quart.Quart": quart, "falcon.App": falcon, "falcon.API": falcon,
            "falcon.asgi.App": Self(name: "falcon", interface: .asgi, usualPort: 8000),
            "bottle.Bottle": bottle, "bottle.default_app": bottle,
            "blacksheep.Application": blacksheep, "blacksheep.server.Application": blacksheep,
            "django.core.wsgi.get_wsgi_application": Self(name: "django", interface: .wsgi, usualPort: 8000),
            "configurations.wsgi.get_wsgi_application": Self(name: "django", interface: .wsgi, usualPort: 8000),
            "django.core.asgi.get_asgi_application": Self(name: "django", interface: .asgi, usualPort: 8000),
            "channels.routing.ProtocolTypeRouter": Self(name: "django", interface: .asgi, usualPort: 8000),
            "channels.routing.get_default_application": Self(name: "django", interface: .asgi, usualPort: 8000),
            "fasthtml.common.FastHTML": fasthtml, "fasthtml.common.fast_app": fasthtml, "fasthtml.FastHTML": fasthtml,
            "fasthtml.fast_app": fasthtml, "sanic.Sanic": Self(name: "sanic", interface: .asgi, usualPort: 8000),
            "dash.Dash": Self(name: "dash", interface: .wsgi, usualPort: 8050),
            "connexion.App": flask, "connexion.FlaskApp": flask, "litestar.application.Litestar": litestar,
            "connexion.AsyncApp": Self(name: "connexion", interface: .asgi, usualPort: 8000),
        ]
    }()

    /// Whether the requirements bring it, as far as they can be known: a list without any framework says nothing.
    func isInstalled(among packages: [String]) -> Bool {
        let names = Set(Self.constructors.values.map(\.name))
        let brought: [String: [String]] = [
            "starlette": ["fastapi", "fasthtml", "connexion"], "flask": ["dash", "connexion"],
        ]
        let own = [name] + (brought[name] ?? [])
        return packages.contains { package in own.contains(where: package.contains) }
            || names.isDisjoint(with: packages)
    }

    static func usualPort(of name: String) -> UInt16? { constructors.values.first { $0.name == name }?.usualPort }

    /// Objects that wrap an application and are what the server must run.
    static let wrappers: Set<String> = [
        "socketio.ASGIApp", "socketio.WSGIApp", "asgiref.wsgi.WsgiToAsgi", "a2wsgi.WSGIMiddleware",
        "starlette.middleware.cors.CORSMiddleware", "fastapi.middleware.cors.CORSMiddleware",
        "werkzeug.middleware.dispatcher.DispatcherMiddleware", "engineio.ASGIApp",
    ]
}
