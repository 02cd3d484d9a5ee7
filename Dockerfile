# The gateway in a container. docs/deployment.md says how to run it and what is pinned.
#   docker build --target runtime -t mcpgateway .      the gateway alone
#   docker build -t mcpgateway:full .                  with Node.js and Python, for servers that are started with npx and uvx
ARG DOTNET=10.0-noble
ARG NODE=24-bookworm-slim
ARG UV=0.9

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS build
WORKDIR /src
# The files that the restore depends on are copied first, so that a change of the code does not repeat it.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/McpGateway/McpGateway.csproj src/McpGateway/
RUN dotnet restore src/McpGateway
COPY appsettings.json ./
COPY config config
COPY src src
RUN dotnet publish src/McpGateway --configuration Release --no-restore --output /app

FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET} AS runtime
# ASPNETCORE_HTTP_PORTS: removes the port of the base image. DOTNET_EnableDiagnostics: children run as the same user, and could
# enter the gateway through its diagnostics socket. DOTNET_USE_POLLING_FILE_WATCHER: mounted files change through symbolic
# links, which only polling notices.
ENV ASPNETCORE_URLS=http://*:8000 \
    ASPNETCORE_HTTP_PORTS= \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_USE_POLLING_FILE_WATCHER=1 \
    HOME=/home/app
WORKDIR /app
# setsid of util-linux gives each child a session of its own (docs/processes.md). The base image contains it.
RUN test -x /usr/bin/setsid
# Owned by root, so that neither the gateway nor its children can change the program.
COPY --from=build /app ./
# The user "app" of Microsoft's images, as a number, because runAsNonRoot of Kubernetes requires one.
USER 1654:1654
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["/app/McpGateway", "health"]
# Process 1 is the gateway's guard: it forwards signals, reaps orphans, and kills what the gateway leaves behind.
ENTRYPOINT ["/app/McpGateway"]

FROM docker.io/library/node:${NODE} AS node

FROM ghcr.io/astral-sh/uv:${UV} AS uv

FROM runtime AS full
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends libstdc++6 python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local/bin/node /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
COPY --from=uv /uv /uvx /usr/local/bin/
# Files and not variables, because children do not inherit the gateway's environment.
COPY deploy/docker/npmrc /usr/local/etc/npmrc
COPY deploy/docker/uv.toml /etc/uv/uv.toml
USER 1654:1654
