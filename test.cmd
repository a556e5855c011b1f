@echo off
rem Builds everything and runs the tests; --all runs the long ones too. Tests that need libtorch are skipped on Windows, with that reason.
setlocal
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
dotnet run "%~dp0eng\test.cs" -- %*
