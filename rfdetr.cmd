@echo off
rem Runs the command line from a source checkout on Windows. After a change of the sources: dotnet build src\RfDetr.Cli -c Release
setlocal
if /i "%~1"=="serve" goto serve
set "cli=%~dp0src\RfDetr.Cli\bin\Release\net10.0\RfDetr.Cli.dll"
if not exist "%cli%" echo building (a minute the first time) 1>&2
if not exist "%cli%" dotnet build "%~dp0src\RfDetr.Cli" -c Release -v q -nologo 1>&2 || exit /b 1
dotnet "%cli%" %*
exit /b %errorlevel%

:serve
set "server=%~dp0src\RfDetr.Serve.Program\bin\Release\net10.0\rfdetr-serve.dll"
if not exist "%server%" dotnet build "%~dp0src\RfDetr.Serve.Program" -c Release -v q -nologo 1>&2 || exit /b 1
dotnet "%server%" %*
