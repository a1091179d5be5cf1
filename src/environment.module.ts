import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Environment } from './environment.js';

/** The checked environment, for whoever asks for it. */
@Global()
@Module({})
export class EnvironmentModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: EnvironmentModule,
      providers: [{ provide: Environment, useValue: environment }],
      exports: [Environment],
    };
  }
}
